import type { ObservedRequest } from './observed-request.ts';

/**
 * How often a request was sent before, as its client says: 0 for a first attempt and when no client says.
 *
 * Stainless SDKs (OpenAI, Anthropic, Groq, Together) send `x-stainless-retry-count: 1`; AWS SDKs send
 * `amz-sdk-request: attempt=2; max=3` (both seen on the wire, 2026-11).
 */
export function resendCountOf(request: ObservedRequest): number {
  const stainless = request.header('x-stainless-retry-count');
  if (stainless !== undefined) return countOf(stainless);
  const attempt = /(?:^|[;\s])attempt=(\d{1,4})/.exec(request.header('amz-sdk-request') ?? '');
  return Math.max(0, countOf(attempt?.[1] ?? '1') - 1);
}

function countOf(text: string): number {
  if (text === '0') return 0;
  return /^\d{1,4}$/.test(text) ? Number(text) : 0;
}
