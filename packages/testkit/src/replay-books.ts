import { TOKEN_CLASSES, type TokenClass, type TokenCounts } from '@tokenmeter/core';
import { providerOf, type ReplayProviderName, type ReplayRequest } from './reply.ts';

/**
 * How a response ended, as the provider saw it. `completed`: everything was sent, error bodies included.
 * `client_aborted`: the client went away first. `cut`: the provider broke the connection. `failed`: it sent an error
 * event. `unterminated`: it ended the stream without its terminal event. `open`: it has not ended.
 */
export type ReplayEnding =
  | 'open'
  | 'completed'
  | 'client_aborted'
  | 'cut'
  | 'failed'
  | 'unterminated';

/** One request and what became of it. */
export interface ReplayLogEntry {
  readonly request: ReplayRequest;
  readonly provider: ReplayProviderName;
  /** Model that the response named; the requested one for error answers. */
  readonly model: string;
  /** Undefined while no head was sent. */
  readonly status: number | undefined;
  readonly ending: ReplayEnding;
  /** Tokens in the usage that was put on the wire so far: all that a perfect observer can know. Undefined: none. */
  readonly observableTokens: TokenCounts | undefined;
  /** Empty for embeddings, which have none. */
  readonly responseId: string;
  /** Uncompressed body bytes handed to the connection. */
  readonly bodyBytes: number;
  readonly startEpochMs: number;
  /** Undefined while open. */
  readonly endEpochMs: number | undefined;
}

/** What the provider reported under one provider and model. */
export interface ReplayTotal {
  readonly provider: ReplayProviderName;
  readonly model: string;
  /** Ended responses, errors included. */
  readonly responses: number;
  /** Ended responses with a status of 400 or more. */
  readonly errors: number;
  /** Ended responses by how they ended. */
  readonly endings: Readonly<Partial<Record<ReplayEnding, number>>>;
  /** Observable tokens by disjoint class; classes without tokens are absent. */
  readonly tokens: TokenCounts;
}

/** A log entry that still changes. */
export type OpenEntry = { -readonly [Key in keyof ReplayLogEntry]: ReplayLogEntry[Key] };

interface MutableTotal {
  provider: ReplayProviderName;
  model: string;
  responses: number;
  errors: number;
  endings: Partial<Record<ReplayEnding, number>>;
  tokens: Partial<Record<TokenClass, number>>;
}

/** The provider's own exact books. Totals cover every request; the log keeps the latest. */
export class ReplayBooks {
  readonly #logLimit: number;
  readonly #log: OpenEntry[] = [];
  readonly #totals = new Map<string, MutableTotal>();
  readonly #attempts = new Map<string, number>();
  #open = 0;
  #waiting: (() => void)[] = [];

  constructor(logLimit: number) {
    this.#logLimit = logLimit;
  }

  /** Counts a request of a conversation and says how many came before it. */
  attempt(conversation: string): number {
    const earlier = this.#attempts.get(conversation) ?? 0;
    this.#attempts.set(conversation, earlier + 1);
    return earlier;
  }

  open(request: ReplayRequest, responseId: string, model: string, epochMs: number): OpenEntry {
    const entry: OpenEntry = {
      request,
      provider: providerOf(request.api),
      model,
      status: undefined,
      ending: 'open',
      observableTokens: undefined,
      responseId,
      bodyBytes: 0,
      startEpochMs: epochMs,
      endEpochMs: undefined,
    };
    this.#open += 1;
    this.#log.push(entry);
    if (this.#log.length > this.#logLimit * 2) this.#log.splice(0, this.#logLimit);
    return entry;
  }

  /** Books an entry once; later calls for it change nothing. */
  close(entry: OpenEntry, ending: Exclude<ReplayEnding, 'open'>, epochMs: number): void {
    if (entry.ending !== 'open') return;
    entry.ending = ending;
    entry.endEpochMs = epochMs;
    const total = this.#totalOf(entry);
    total.responses += 1;
    if ((entry.status ?? 0) >= 400) total.errors += 1;
    total.endings[ending] = (total.endings[ending] ?? 0) + 1;
    addTokens(total.tokens, entry.observableTokens ?? {});
    this.#open -= 1;
    if (this.#open > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  totals(): readonly ReplayTotal[] {
    const key = (total: ReplayTotal): string => `${total.provider} ${total.model}`;
    return structuredClone([...this.#totals.values()]).sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  requests(): readonly ReplayLogEntry[] {
    return this.#log.slice(-this.#logLimit).map((entry) => ({ ...entry }));
  }

  /** Resolves when no request is open. */
  settled(): Promise<void> {
    if (this.#open === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #totalOf(entry: OpenEntry): MutableTotal {
    const key = `${entry.provider} ${entry.model}`;
    const { provider, model } = entry;
    const total = this.#totals.get(key) ?? {
      provider,
      model,
      responses: 0,
      errors: 0,
      endings: {},
      tokens: {},
    };
    this.#totals.set(key, total);
    return total;
  }
}

function addTokens(sum: Partial<Record<TokenClass, number>>, tokens: TokenCounts): void {
  for (const name of TOKEN_CLASSES) {
    const count = tokens[name];
    if (count !== undefined) sum[name] = (sum[name] ?? 0) + count;
  }
}
