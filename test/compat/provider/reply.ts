/** Tokens by our disjoint classes. */
export type Tokens = Readonly<Record<string, number>>;

/** What a program asked for, as far as replies depend on it. */
export interface Asked {
  readonly path: string;
  readonly body: Json;
  /** The body as text; forms are no JSON. */
  readonly text: string;
  /** Request headers by lower-case name. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** Provider whose host was asked, where a host is that of one provider. */
  readonly provider: string | undefined;
  /** Position among the replies of this provider; every reply has token counts of its own. */
  readonly position: number;
}

/** A decoded JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** A model's answer in its provider's own words. */
export interface Reply {
  /** `gen_ai.provider.name` that the call must get. */
  readonly provider: string;
  /** Model whose price the call must get. */
  readonly model: string;
  /** The whole usage; undefined where the provider reports none, as streams that did not ask. */
  readonly tokens: Tokens | undefined;
  /** Cost in USD that the provider itself reports. */
  readonly costUsd?: number;
  /** Billed beside the tokens, in USD. */
  readonly feesUsd?: number;
  /** What a reader of the first events of a stream knows already. */
  readonly tokensAtStart?: Tokens;
  readonly contentType: string;
  /** One piece for a body, several for a stream. */
  readonly pieces: readonly (string | Uint8Array)[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Reads a member as an object; an empty one where it is none. */
export function objectOf(value: unknown): Json {
  return isJson(value) ? value : {};
}

/** True for JSON objects. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One server-sent event. */
export function sse(data: unknown, event?: string): string {
  const name = event === undefined ? '' : `event: ${event}\n`;
  return `${name}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}

/** A JSON body as the one piece of a reply. */
export function json(body: unknown): Pick<Reply, 'contentType' | 'pieces'> {
  return { contentType: 'application/json', pieces: [JSON.stringify(body)] };
}

/** Words of every answer. */
export const WORDS: readonly string[] = ['Four ', 'words ', 'and ', 'a stop.'];
