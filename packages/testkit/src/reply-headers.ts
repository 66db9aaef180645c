import type { TokenClass } from '@tokenmeter/core';
import type { Reply, ReplyEncoding } from './reply.ts';

/** What the `x-replay-*` headers of a request asked for, or why they cannot be understood. */
export type ParsedReplyHeaders =
  | { readonly ok: true; readonly reply: Reply }
  | { readonly ok: false; readonly problem: string };

type Headers = Readonly<Record<string, string>>;
type Problems = string[];

const TOKEN_HEADERS = {
  'x-replay-input': 'input',
  'x-replay-cache-read': 'cache_read',
  'x-replay-cache-write-5m': 'cache_write_5m',
  'x-replay-cache-write-1h': 'cache_write_1h',
  'x-replay-cache-write': 'cache_write',
  'x-replay-output': 'output',
  'x-replay-reasoning': 'reasoning',
} as const;

const COUNT_HEADERS = {
  'x-replay-text-length': 'textLength',
  'x-replay-chunks': 'chunkCount',
  'x-replay-delay-ms': 'delayMs',
  'x-replay-drip-ms': 'dripMs',
  'x-replay-status': 'status',
  'x-replay-retry-after-ms': 'retryAfterMs',
  'x-replay-cut-after': 'cutAfterChunks',
  'x-replay-error-after': 'errorAfterChunks',
} as const;

const OTHER_HEADERS = new Set([
  'x-replay-conversation',
  'x-replay-model',
  'x-replay-service-tier',
  'x-replay-encoding',
  'x-replay-fail',
  'x-replay-omit',
  'x-replay-hang',
]);

/**
 * Reads the reply that a request's own `x-replay-*` headers ask for.
 *
 * Names are lower-case. Counts are non-negative integers; `x-replay-fail` is `429x2` (status, attempts);
 * `x-replay-omit` is `usage`, `terminal` or both; `x-replay-hang` is `head` or `body`. Unknown `x-replay-*` names
 * are a problem, so that a misspelt plan cannot pass for a default one. Never throws.
 */
export function parseReplyHeaders(headers: Headers): ParsedReplyHeaders {
  const problems: Problems = unknownNames(headers);
  const tokens = readCounts<TokenClass>(headers, TOKEN_HEADERS, problems);
  const reply: Reply = {
    ...readCounts<(typeof COUNT_HEADERS)[keyof typeof COUNT_HEADERS]>(
      headers,
      COUNT_HEADERS,
      problems,
    ),
    ...(Object.keys(tokens).length > 0 && { tokens }),
    ...readText(headers, 'x-replay-model', 'model'),
    ...readText(headers, 'x-replay-service-tier', 'serviceTier'),
    ...readEncoding(headers, problems),
    ...readFailures(headers, problems),
    ...readOmissions(headers, problems),
    ...readHang(headers, problems),
  };
  return problems.length === 0 ? { ok: true, reply } : { ok: false, problem: problems.join('; ') };
}

function unknownNames(headers: Headers): string[] {
  return Object.keys(headers)
    .filter((name) => name.startsWith('x-replay-'))
    .filter((name) => !(name in TOKEN_HEADERS || name in COUNT_HEADERS || OTHER_HEADERS.has(name)))
    .map((name) => `${name} is not a replay header`);
}

function readCounts<Key extends string>(
  headers: Headers,
  names: Readonly<Record<string, Key>>,
  problems: Problems,
): Partial<Record<Key, number>> {
  const counts: Partial<Record<Key, number>> = {};
  for (const [header, key] of Object.entries<Key>(names)) {
    const text = headers[header];
    if (text === undefined) continue;
    if (/^\d{1,12}$/.test(text)) counts[key] = Number(text);
    else problems.push(`expected a count in ${header}, got ${text}`);
  }
  return counts;
}

function readText<Key extends string>(
  headers: Headers,
  header: string,
  key: Key,
): Partial<Record<Key, string>> {
  const text = headers[header];
  const found: Partial<Record<Key, string>> = {};
  if (text !== undefined) found[key] = text;
  return found;
}

function readEncoding(headers: Headers, problems: Problems): Pick<Reply, 'encoding'> {
  const text = headers['x-replay-encoding'];
  if (text === undefined) return {};
  if (isEncoding(text)) return { encoding: text };
  problems.push(`expected gzip, br, deflate or zstd in x-replay-encoding, got ${text}`);
  return {};
}

function isEncoding(text: string): text is ReplyEncoding {
  return text === 'gzip' || text === 'br' || text === 'deflate' || text === 'zstd';
}

function readFailures(headers: Headers, problems: Problems): Pick<Reply, 'failures'> {
  const text = headers['x-replay-fail'];
  if (text === undefined) return {};
  const [, status, count] = /^([45]\d\d)(?:x(\d+))?$/.exec(text) ?? [];
  if (status !== undefined) {
    return { failures: { status: Number(status), count: Number(count ?? 1) } };
  }
  problems.push(`expected a status and attempts such as 429x2 in x-replay-fail, got ${text}`);
  return {};
}

function readOmissions(
  headers: Headers,
  problems: Problems,
): Pick<Reply, 'omitUsage' | 'omitTerminal'> {
  const words = headers['x-replay-omit']?.split(',').map((word) => word.trim()) ?? [];
  for (const word of words) {
    if (word === 'usage' || word === 'terminal') continue;
    problems.push(`expected usage or terminal in x-replay-omit, got ${word}`);
  }
  return {
    ...(words.includes('usage') && { omitUsage: true }),
    ...(words.includes('terminal') && { omitTerminal: true }),
  };
}

function readHang(headers: Headers, problems: Problems): Pick<Reply, 'hang'> {
  const text = headers['x-replay-hang'];
  if (text === undefined) return {};
  if (text === 'head' || text === 'body') return { hang: text };
  problems.push(`expected head or body in x-replay-hang, got ${text}`);
  return {};
}
