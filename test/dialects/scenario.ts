import type { ReplayRequest, Reply } from '@tokenmeter/testkit';

/** Disjoint token classes with their counts. */
export type Tokens = Readonly<Record<string, number>>;

/** What a program says before it makes the calls of a step. */
export interface StepPlan {
  readonly name: string;
  /** Classes beside `input` and `output` that every call of the step reports. */
  readonly classes?: readonly string[];
  /** Counts that replace those of the sequence, for calls beyond a price tier. */
  readonly tokens?: Tokens;
  /** Status of every answer. */
  readonly status?: number;
  /** The first attempt of every call is refused with 429. */
  readonly failsFirst?: boolean;
  /** Status of that refusal. Default 429. */
  readonly firstStatus?: number;
  /** The first answer to a request that offers tools calls the first of them. */
  readonly callsTool?: boolean;
  readonly serviceTier?: string;
  readonly omitsUsage?: boolean;
}

/** A step as it ran. */
export interface Step {
  readonly plan: StepPlan;
  readonly startEpochMs: number;
}

const TABLE: Readonly<Record<string, readonly [first: number, step: number]>> = {
  input: [1009, 17],
  cache_read: [2203, 29],
  cache_write_5m: [13_301, 31],
  cache_write_1h: [24_507, 37],
  cache_write: [35_009, 41],
  output: [503, 13],
  reasoning: [7019, 19],
};

/** Served names that differ from the requested ones, as providers answer with a dated model. */
const SERVED: Readonly<Record<string, string>> = {
  'gpt-4o': 'gpt-4o-2024-08-06',
  'gpt-4o-mini': 'gpt-4o-mini-2024-07-18',
  'gpt-5': 'gpt-5-2025-08-07',
  'gpt-5-mini': 'gpt-5-mini-2025-08-07',
  'claude-sonnet-4-5': 'claude-sonnet-4-5-20250929',
  'claude-haiku-4-5': 'claude-haiku-4-5-20251001',
};

/** The steps that a program went through, and the answers they ask for. */
export class Scenario {
  readonly steps: Step[] = [];
  /** Requests to the replay provider that repeat a refused one, by their number. */
  readonly retries = new Set<number>();
  readonly #refused = new Set<string>();
  #calls = 0;

  begin(plan: StepPlan): void {
    this.steps.push({ plan, startEpochMs: Date.now() });
  }

  get plan(): StepPlan {
    return this.steps.at(-1)?.plan ?? { name: '' };
  }

  /** How to answer a request, and whether it repeats one that was refused. */
  admit(path: string, body: unknown): { readonly status: number; readonly isRetry: boolean } {
    const { status, failsFirst, firstStatus = 429 } = this.plan;
    const key = `${this.steps.length} ${path} ${JSON.stringify(body)}`;
    const isRetry = this.#refused.has(key);
    const answer = status ?? (failsFirst === true && !isRetry ? firstStatus : 200);
    if (answer >= 400) this.#refused.add(key);
    else this.#refused.delete(key);
    return { status: answer, isRetry };
  }

  /** Counts of the next call: no number of a file stands for two calls or two classes. */
  nextTokens(): Tokens {
    this.#calls += 1;
    const { classes = [], tokens } = this.plan;
    const counts: Record<string, number> = {};
    for (const name of ['input', ...classes, 'output']) {
      const [first, step] = TABLE[name] ?? [0, 0];
      counts[name] = first + step * this.#calls;
    }
    return { ...counts, ...tokens };
  }

  servedModel(requested: string): string {
    return SERVED[requested] ?? requested;
  }

  /** The tool to call, for a request that offers some and has no result yet. */
  toolFor(body: Readonly<Record<string, unknown>>): Reply['toolCall'] {
    if (this.plan.callsTool !== true) return undefined;
    const text = JSON.stringify(body);
    if (
      /"tool_result"|"role":"tool"|"function_call_output"|"functionResponse"|"toolResult"/.test(
        text,
      )
    ) {
      return undefined;
    }
    const name = /"(?:name|function_name)":"([\w-]+)"/.exec(JSON.stringify(body.tools ?? []))?.[1];
    return name === undefined ? undefined : { name, argumentsJson: '{"zone":"UTC"}' };
  }

  /** The reply that the replay provider is asked for. */
  reply(request: ReplayRequest): Reply {
    const { plan } = this;
    const toolCall = this.toolFor(request.body);
    const { status, isRetry } = this.admit(request.path, request.body);
    if (isRetry) this.retries.add(request.sequence);
    return {
      status,
      tokens: this.nextTokens(),
      model: this.servedModel(request.model),
      textLength: 10,
      ...(request.isStreaming && { chunkCount: 3 }),
      ...(toolCall !== undefined && { toolCall }),
      ...(plan.serviceTier !== undefined && { serviceTier: plan.serviceTier }),
      ...(plan.omitsUsage === true && { omitUsage: true }),
    };
  }
}
