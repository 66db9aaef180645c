import { lookup as lookUpName } from 'node:dns';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Delivery } from '../ports.ts';
import { isPrivateAddress } from './private-address.ts';

/** One POST. */
export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** False refuses addresses outside the public Internet, checked at the connection itself. */
  readonly isPrivateAllowed: boolean;
  /** Waits for the body of the answer; without it only the status counts and the rest is not read. */
  readonly readsBody?: boolean;
}

/** What came back, or how the delivery failed before an answer. */
export type PostResult =
  | {
      readonly isAnswered: true;
      readonly status: number;
      /** Wish of the receiver to wait, from `Retry-After`. */
      readonly afterMs?: number;
      /** At most 64 KiB; empty unless asked for. */
      readonly body: string;
    }
  | { readonly isAnswered: false; readonly failure: Delivery };

const MOST_BODY_BYTES = 65_536;
const DROP_MS = 1000;
const RETRYABLE_STATUS: ReadonlySet<number> = new Set([408, 425, 429]);
const PRIVATE_REASON = 'the address is private';

const REUSE = { keepAlive: true, maxSockets: 32, maxFreeSockets: 4, timeout: 30_000 };
/** Apart, so that a connection that was not checked is never used by a request that must be. */
const AGENTS = {
  any: { http: new HttpAgent(REUSE), https: new HttpsAgent(REUSE) },
  public: { http: new HttpAgent(REUSE), https: new HttpsAgent(REUSE) },
} as const;

class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/**
 * Posts once, without following redirects. Never rejects.
 *
 * A host name is resolved by the connection itself and every address is checked there, so that a name that changes its
 * address between a check and the connection gains nothing.
 */
export async function post(options: Post): Promise<PostResult> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([options.signal, timeout]);
  try {
    if (signal.aborted) throw signal.reason;
    return await exchangeAgain(options, signal);
  } catch (error) {
    return { isAnswered: false, failure: failureOf(error, options.signal, timeout) };
  }
}

/** What most receivers mean by a status: 2xx is taken, 410 is gone, 408, 425, 429 and 5xx are for later, all else is final. */
export function judgeStatus(result: PostResult): Delivery {
  if (!result.isAnswered) return result.failure;
  const { status, afterMs } = result;
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  if (status === 410) return { outcome: 'disabled', reason: 'receiver is gone (410)' };
  const reason = `receiver answered ${status}`;
  if (status < 500 && !RETRYABLE_STATUS.has(status)) return { outcome: 'refused', reason };
  return { outcome: 'retry', reason, ...(afterMs === undefined ? {} : { afterMs }) };
}

/** A kept connection may have been closed by the other side just now; then the request goes out on a new one. */
async function exchangeAgain(options: Post, signal: AbortSignal): Promise<PostResult> {
  const attempt = { isReused: false };
  try {
    return await exchange(options, signal, attempt);
  } catch (error) {
    if (!attempt.isReused || signal.aborted) throw error;
    return await exchange(options, signal, attempt);
  }
}

function exchange(
  options: Post,
  signal: AbortSignal,
  attempt: { isReused: boolean },
): Promise<PostResult> {
  const { url, isPrivateAllowed } = options;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (!isPrivateAllowed && isIP(host) !== 0 && isPrivateAddress(host)) {
    throw new PrivateAddressError(PRIVATE_REASON);
  }
  const agents = AGENTS[isPrivateAllowed ? 'any' : 'public'];
  const isTls = url.protocol === 'https:';
  const start = isTls ? requestHttps : requestHttp;
  const body = Buffer.from(options.body);
  return new Promise((resolve, reject) => {
    const request = start(url, {
      method: 'POST',
      agent: isTls ? agents.https : agents.http,
      signal,
      headers: {
        ...options.headers,
        'content-length': body.byteLength,
        'user-agent': 'Tokenmeter',
      },
      ...(isPrivateAllowed ? {} : { lookup: lookUpPublic }),
    });
    request.on('error', (error) => {
      attempt.isReused = request.reusedSocket;
      reject(error);
    });
    request.on('response', (response) => {
      readAnswer(response, options.readsBody === true).then(resolve, reject);
    });
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage, readsBody: boolean): Promise<PostResult> {
  const { statusCode: status = 0, headers } = response;
  const afterMs = parseRetryAfter(headers['retry-after']);
  let body = '';
  if (readsBody) {
    let bytes = 0;
    const chunks: Buffer[] = [];
    for await (const chunk of response) {
      const part = Buffer.from(chunk);
      chunks.push(part);
      bytes += part.byteLength;
      if (bytes > MOST_BODY_BYTES) break;
    }
    body = Buffer.concat(chunks).subarray(0, MOST_BODY_BYTES).toString();
  } else {
    dropBody(response);
  }
  return { isAnswered: true, status, body, ...(afterMs === undefined ? {} : { afterMs }) };
}

/** A short rest is let through, so that the connection can be kept; anything longer ends it. */
function dropBody(response: IncomingMessage): void {
  response.on('error', () => undefined);
  const length = Number(
    response.headers['content-length'] ?? (response.statusCode === 204 ? 0 : Infinity),
  );
  if (!(length <= MOST_BODY_BYTES)) {
    response.destroy();
    return;
  }
  const timer = setTimeout(() => response.destroy(), DROP_MS).unref();
  response.on('close', () => clearTimeout(timer));
  response.resume();
}

/** Resolves like the system does and lets no private address through. */
const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  lookUpName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      callback(error, []);
      return;
    }
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => isPrivateAddress(address))) {
      callback(new PrivateAddressError(PRIVATE_REASON), []);
    } else if (options.all === true) {
      callback(null, addresses);
    } else {
      callback(null, first.address, first.family);
    }
  });
};

/** Milliseconds of a Retry-After header in either form; undefined when absent or not understood. */
function parseRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text.trim())) return Math.ceil(Number(text) * 1000);
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) ? undefined : Math.max(0, epochMs - Date.now());
}

function failureOf(error: unknown, caller: AbortSignal, timeout: AbortSignal): Delivery {
  if (error instanceof PrivateAddressError) {
    return { outcome: 'refused', reason: `${PRIVATE_REASON} and private ones are not allowed` };
  }
  if (caller.aborted) return { outcome: 'retry', reason: 'aborted' };
  if (timeout.aborted) return { outcome: 'retry', reason: 'no answer in time' };
  const code = codeOf(error);
  return { outcome: 'retry', reason: `connection failed${code === undefined ? '' : ` (${code})`}` };
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^\w+$/.test(error.code) ? error.code : undefined;
}
