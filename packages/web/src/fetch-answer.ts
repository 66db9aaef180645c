import type { ApiProblem } from '@tokenmeter/server';
import { isApiProblem } from './decode-api.ts';

/** What the server answered, or why there is nothing to show. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: ApiProblem };

const UNREACHABLE: ApiProblem = {
  error: 'The Tokenmeter server does not answer.',
  hint: 'Check that `tokenmeter up` is running. This page reconnects by itself.',
};

const UNREADABLE: ApiProblem = {
  error: 'The server sent an answer that this page cannot read.',
  hint: 'Page and server may be of different versions: reload the page.',
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Makes a decoder of a guard: the value itself if it is one, else undefined. */
export function keepIf<T>(
  isWanted: (value: unknown) => value is T,
): (value: unknown) => T | undefined {
  return (value) => (isWanted(value) ? value : undefined);
}

/** Asks the server for JSON and checks its shape. Never throws; undefined when `signal` aborted the request. */
export async function fetchAnswer<T>(
  path: string,
  decode: (value: unknown) => T | undefined,
  signal: AbortSignal,
): Promise<Answer<T> | undefined> {
  try {
    const response = await fetch(path, { signal, headers: { accept: 'application/json' } });
    const body = parseJson(await response.text());
    if (response.ok) {
      const value = decode(body);
      return value === undefined ? { ok: false, problem: UNREADABLE } : { ok: true, value };
    }
    if (isApiProblem(body)) return { ok: false, problem: body };
    return { ok: false, problem: { error: `The server answered with status ${response.status}.` } };
  } catch {
    return signal.aborted ? undefined : { ok: false, problem: UNREACHABLE };
  }
}
