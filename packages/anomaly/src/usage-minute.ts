/** What identifies a series of minutes. Absent means that the source has no such label, never "all". */
export interface SeriesLabels {
  readonly service: string;
  readonly environment?: string;
  readonly feature: string;
  readonly team?: string;
  readonly provider: string;
  readonly model: string;
}

/** What happened in one series in one minute. Absent minutes are zero calls unless a gap covers them. */
export interface UsageMinute {
  /** Start of the minute. */
  readonly minuteEpochMs: number;
  readonly labels: SeriesLabels;
  readonly calls: number;
  readonly costUsd: number;
  /** Uncached input only: `cacheReadTokens` are beside it, never in it. */
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly outputTokens: number;
  /** Calls without a price; they are in `calls` and not in `costUsd`. */
  readonly unpricedCalls: number;
  readonly cacheHits: number;
  readonly cacheMisses: number;
  readonly errors: number;
  readonly retries: number;
  /** Parts of `costUsd` by token class, where the source knows them; what they leave over is other cost. */
  readonly costByClass?: CostByClass;
  /** Parts of `calls` and `costUsd` by version of the prompt, where calls name one; absent without any. */
  readonly byPromptVersion?: Readonly<Record<string, PromptVersionUsage>>;
  /** Parts of `calls` and `costUsd` by user, where the source names users; rules do not read it. */
  readonly byUser?: Readonly<Record<string, UserUsage>>;
}

/** What one user had in a minute. */
export interface UserUsage {
  readonly calls: number;
  readonly costUsd: number;
}

/** What the calls of one prompt version cost in a minute. */
export interface PromptVersionUsage {
  readonly pricedCalls: number;
  readonly costUsd: number;
}

/** USD of a minute by class of token. */
export interface CostByClass {
  readonly inputUsd: number;
  readonly cacheReadUsd: number;
  readonly outputUsd: number;
}

/** A stretch of time in which the source may have lost data. Its minutes are unknown, not zero. */
export interface Gap {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
}
