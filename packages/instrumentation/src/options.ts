/** Which convention metrics are emitted beside our own. */
export type SemconvMode = 'latest' | 'legacy' | 'both' | 'off';

/** Which further cost attributes spans carry. */
export type CostCompat = 'none' | 'gen_ai.usage.cost' | 'otel-draft' | 'openinference';

/** What decides how a call is described. */
export interface DescribeOptions {
  readonly semconv: SemconvMode;
  readonly costCompat: CostCompat;
  /** Key under which user ids are hashed; undefined writes them as they are. */
  readonly userHashKey?: string;
  /** Feature of calls that nothing attributes. */
  readonly defaultFeature: string;
  /** Team of calls that nothing attributes; undefined leaves it out. */
  readonly defaultTeam?: string;
}
