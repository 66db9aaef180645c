import { fieldOf } from './field-of.ts';

/**
 * A low-cardinality word for a transport error: its code (`ECONNRESET`, `UND_ERR_SOCKET`), else the name of its class.
 *
 * Messages are never used: they may hold addresses or text of the application. `_OTHER` stands for anything else.
 */
export function errorTypeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '_OTHER';
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code;
  const name: unknown = Reflect.get(error, 'name');
  if (typeof name === 'string' && /^[A-Za-z][A-Za-z0-9_]{2,60}$/.test(name)) return name;
  return '_OTHER';
}

/** Codes of undici, of Node and of axios. */
const ABORT_CODES: ReadonlySet<string> = new Set(['UND_ERR_ABORTED', 'ABORT_ERR', 'ERR_CANCELED']);

/** True when the application stopped the request itself. A time-out is not an abort. */
export function isAbort(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const name: unknown = Reflect.get(error, 'name');
  const code: unknown = Reflect.get(error, 'code');
  return name === 'AbortError' || (typeof code === 'string' && ABORT_CODES.has(code));
}

/** The application stopped the request itself. */
export const STOPPED: { readonly name: string } = { name: 'AbortError' };

/**
 * The error that ended an exchange, or an abort where it is a reason of the application's own: `controller.abort(reason)`,
 * `reader.cancel(reason)`, `request.destroy(error)`. Errors of transports have a code, such reasons have none; what is
 * called a time-out stays what it is. For what is no HTTP undici's parser in WebAssembly (Node 24 and 26) has no code.
 */
export function endingOf(error: unknown): unknown {
  // Cohere's SDK gives the word alone.
  const name = typeof error === 'string' ? error : fieldOf(error, 'name');
  const isOwnReason =
    typeof fieldOf(error, 'code') !== 'string' &&
    !/time.?out|^HTTPParserError$/i.test(String(name));
  return isOwnReason ? STOPPED : error;
}
