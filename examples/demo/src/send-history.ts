import { setImmediate } from 'node:timers/promises';
import type { HistoryRequest } from './history.ts';

/** A receiver refused a part of the history. */
export class HistoryRefusedError extends Error {
  override readonly name = 'HistoryRefusedError';
}

/**
 * Sends a history to an OTLP/HTTP receiver, one request after the other; the next is made while one is under way.
 *
 * Throws `HistoryRefusedError` at the first answer that is not 200 or that reports rejected points or spans.
 */
export async function sendHistory(
  url: string,
  history: Iterable<HistoryRequest>,
  options: { readonly onProgress?: (share: number) => void; readonly signal?: AbortSignal } = {},
): Promise<void> {
  let underWay: Promise<void> = Promise.resolve();
  for (const request of history) {
    await underWay;
    options.onProgress?.(request.progress);
    underWay = send(url, request, options.signal);
    // The failure is met by the next await; until then it is not unhandled.
    underWay.catch(() => undefined);
    // Lets the request leave before the next one is made.
    await setImmediate();
  }
  await underWay;
}

async function send(
  url: string,
  request: HistoryRequest,
  signal: AbortSignal | undefined,
): Promise<void> {
  const response = await fetch(url + request.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: request.body,
    ...(signal && { signal }),
  });
  const answer = await response.text();
  if (response.status !== 200 || /"rejected(?:DataPoints|Spans)":"?[1-9]/.test(answer)) {
    throw new HistoryRefusedError(
      `${request.path} answered ${response.status}: ${answer.slice(0, 300)}`,
    );
  }
}
