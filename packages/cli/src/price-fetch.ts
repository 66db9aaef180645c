import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { CommandError, type Io } from './io.ts';
import { MOST_PRICE_BYTES, readPriceText } from './price-file.ts';

/** Prices as their source gave them. */
export type FetchedPrices =
  | {
      readonly kind: 'fetched';
      readonly text: string;
      /** Of the body's bytes after any content encoding, in hex. */
      readonly sha256: string;
      readonly etag?: string;
    }
  /** The source still has what the given ETag named. */
  | { readonly kind: 'unchanged' }
  /** No answer at all: no network, no such host, nobody listening, or too slow. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** What is known before a fetch. */
export interface FetchOptions {
  /** Of the copy that is already here. */
  readonly etag?: string;
  /** A hash will be checked, so the way there need not be trusted. */
  readonly isPinned: boolean;
}

const TIMEOUT_MS = 30_000;
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The source of prices by its full name: a URL as it is, a path from the root. */
export function sourceName(from: string, cwd: string): string {
  return isUrl(from) ? from : resolve(cwd, from);
}

/** Tells a URL from the path of a file. */
export function isUrl(from: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(from);
}

/**
 * Fetches a price file from a URL or reads it from a path. Throws a `CommandError` for what the person can mend: a bad
 * URL, an error status, a body that is too large.
 */
export async function fetchPrices(
  from: string,
  options: FetchOptions,
  io: Pick<Io, 'cwd' | 'stop'>,
): Promise<FetchedPrices> {
  if (!isUrl(from)) {
    const text = await readPriceText(from, io.cwd);
    return { kind: 'fetched', text, sha256: hashOf(Buffer.from(text)) };
  }
  checkPriceUrl(from, options);
  const headers = options.etag === undefined ? {} : { 'if-none-match': options.etag };
  const signal = AbortSignal.any([io.stop, AbortSignal.timeout(TIMEOUT_MS)]);
  let answer: Response;
  try {
    answer = await fetch(from, { headers, signal });
  } catch (error) {
    return { kind: 'unreachable', reason: reasonOf(error) };
  }
  if (answer.status === 304 && options.etag !== undefined) return { kind: 'unchanged' };
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new CommandError(`${from} answered ${answer.status} ${answer.statusText}`.trimEnd(), {
      hint: 'check the address, or name a file or another address with --from',
    });
  }
  checkPriceUrl(answer.url, options);
  return readBody(answer);
}

/** Refuses, with a `CommandError`, a price URL that is not http or https, or whose content could be changed on its way. */
export function checkPriceUrl(text: string, { isPinned }: Pick<FetchOptions, 'isPinned'>): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CommandError('prices come from an http or https URL, or from a file', {
      exitCode: 2,
    });
  }
  if (url.protocol === 'https:' || isPinned || LOOPBACK.has(url.hostname)) return;
  throw new CommandError('prices over plain http could be changed on their way', {
    hint: 'use https, or pin the content with --sha256 (tokenmeter up: --refresh-sha256)',
    exitCode: 2,
  });
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : String(cause);
}

async function readBody(answer: Response): Promise<FetchedPrices> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of answer.body ?? []) {
      length += piece.length;
      if (length > MOST_PRICE_BYTES) break;
      pieces.push(piece);
    }
  } catch (error) {
    return { kind: 'unreachable', reason: reasonOf(error) };
  }
  if (length > MOST_PRICE_BYTES) {
    throw new CommandError(`expected at most ${MOST_PRICE_BYTES} bytes of prices, got more`, {
      hint: 'name a price file with --from: LiteLLM’s, models.dev’s or our own form',
    });
  }
  const bytes = Buffer.concat(pieces);
  const etag = answer.headers.get('etag');
  return {
    kind: 'fetched',
    text: bytes.toString('utf8'),
    sha256: hashOf(bytes),
    ...(etag === null ? {} : { etag }),
  };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
