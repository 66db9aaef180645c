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
