import type { Tokens } from '../scenario.ts';

/** A decoded JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** What an answer is made of. */
export interface Asked {
  readonly path: string;
  readonly body: Json;
  readonly tokens: Tokens;
  /** Deterministic and unique. */
  readonly id: string;
  readonly model: string;
  readonly isStreaming: boolean;
  readonly toolCall: { readonly name: string; readonly argumentsJson: string } | undefined;
}

/** Bytes of an answer: one piece for a body, several for a stream. */
export interface Answer {
  readonly contentType: string;
  readonly pieces: readonly (string | Uint8Array)[];
}

/** One provider API. */
export interface ModelApi {
  readonly api: string;
  readonly provider: string;
  readonly pattern: RegExp;
  /** Model of a request. */
  readonly modelOf: (path: string, body: Json) => string;
  readonly isStreaming: (path: string, body: Json) => boolean;
  readonly answer: (asked: Asked) => Answer;
  readonly error: (status: number) => object;
  /** Classes that the API has words for; others are not reported. */
  readonly classes: readonly string[];
  /** The id that the answer names, where it names one. */
  readonly responseId?: (id: string) => string;
}

/** Text of every answer. */
export const PIECES: readonly string[] = ['the ', 'answer'];

/** Sum of some classes. */
export function sum(tokens: Tokens, ...names: readonly string[]): number {
  return names.reduce((total, name) => total + (tokens[name] ?? 0), 0);
}

/** A JSON body. */
export function json(body: unknown): Answer {
  return { contentType: 'application/json', pieces: [JSON.stringify(body)] };
}

/** Server-sent events. */
export function events(data: readonly unknown[], names: readonly string[] = []): Answer {
  const pieces = data.map((each, index) => {
    const name = names[index] === undefined ? '' : `event: ${names[index]}\n`;
    return `${name}data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`;
  });
  return { contentType: 'text/event-stream', pieces };
}

/** A member as an object; an empty one where it is none. */
export function objectOf(value: unknown): Json {
  return isJson(value) ? value : {};
}

/** True for JSON objects. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
