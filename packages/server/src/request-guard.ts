import type { IncomingHttpHeaders } from 'node:http';

/** The parts of a request that say who asks. */
export interface GuardedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** Why a request is refused. */
export interface Refusal {
  readonly status: 403 | 415;
  readonly error: string;
  /** What to do instead. */
  readonly hint?: string;
}

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

function isOwnAuthority(authority: string, port: number): boolean {
  const match = /^(localhost|127\.0\.0\.1|\[::1\]):(\d+)$/i.exec(authority);
  if (match?.[1] === undefined) return false;
  return LOOPBACK_NAMES.has(match[1].toLowerCase()) && Number(match[2]) === port;
}

function isOwnOrigin(origin: string, port: number): boolean {
  return origin.startsWith('http://') && isOwnAuthority(origin.slice('http://'.length), port);
}

/** Where people reach the server. */
export interface OwnAddress {
  readonly port: number;
  /** Under this one too, through a proxy that somebody set up on purpose. */
  readonly publicUrl?: string | undefined;
}

function isPublicHost(host: string, { publicUrl }: OwnAddress): boolean {
  return publicUrl !== undefined && new URL(publicUrl).host === host.toLowerCase();
}

/**
 * Refuses what a web page of another origin could make a browser send: a foreign `Host` (DNS rebinding), a foreign or
 * opaque `Origin`, `Sec-Fetch-Site: cross-site`, and API posts in a content type that forms can send. Undefined means
 * that the request may pass.
 */
export function refusalOf(request: GuardedRequest, own: OwnAddress): Refusal | undefined {
  const { headers } = request;
  const { port, publicUrl } = own;
  const host = headers.host ?? '';
  if (!isOwnAuthority(host, port) && !isPublicHost(host, own)) {
    return {
      status: 403,
      error: 'the Host header must name this server on loopback',
      hint: `use http://127.0.0.1:${port}, or set baseUrl to the address of your proxy`,
    };
  }
  const isOwn = (origin: string): boolean =>
    isOwnOrigin(origin, port) || (publicUrl !== undefined && new URL(publicUrl).origin === origin);
  if (headers.origin !== undefined && !isOwn(headers.origin)) {
    return { status: 403, error: 'requests from other origins are refused' };
  }
  if (headers['sec-fetch-site'] === 'cross-site' && !isVisit(request)) {
    return { status: 403, error: 'cross-site requests are refused' };
  }
  const isWrite = request.method !== 'GET' && request.method !== 'HEAD';
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (isWrite && request.path.startsWith('/api/') && type !== 'application/json') {
    return { status: 415, error: 'content-type must be application/json' };
  }
  return undefined;
}

/** A person follows a link from elsewhere, such as a mail, to a page. It shows the page and answers nothing to elsewhere. */
function isVisit({ method, path, headers }: GuardedRequest): boolean {
  return (
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    !path.startsWith('/api/') &&
    !path.startsWith('/v1/')
  );
}

/** Headers of every answer: nothing from outside is loaded, nothing is framed, nothing is guessed. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
