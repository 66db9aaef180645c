import type { HistoryRequest } from './history.ts';

/** A receiver refused a part of the history. */
export class HistoryRefusedError extends Error {
  override readonly name = 'HistoryRefusedError';
}

/**
 * Sends a history to an OTLP/HTTP receiver, one request after the other.
 *
 * Throws `HistoryRefusedError` at the first answer that is not 200 or that reports rejected points or spans.
 */
export async function sendHistory(
  url: string,
  history: Iterable<HistoryRequest>,
  options: { readonly onProgress?: (share: number) => void; readonly signal?: AbortSignal } = {},
): Promise<void> {
  for (const request of history) {
    const response = await fetch(url + request.path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: request.body,
      ...(options.signal && { signal: options.signal }),
    });
    const answer = await response.text();
    if (response.status !== 200 || /"rejected(?:DataPoints|Spans)":"?[1-9]/.test(answer)) {
      throw new HistoryRefusedError(
        `${request.path} answered ${response.status}: ${answer.slice(0, 300)}`,
      );
    }
    options.onProgress?.(request.progress);
  }
}
