import type { Delivery } from '../ports.ts';

/** Sends once; a channel that throws or outlasts the signal has failed, and is tried again. Never rejects. */
export async function sendOnce(
  send: () => Promise<Delivery>,
  signal: AbortSignal,
): Promise<Delivery> {
  const aborted = new Promise<Delivery>((resolve) => {
    const give = (): void => resolve({ outcome: 'retry', reason: 'no answer in time' });
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
  try {
    return await Promise.race([send(), aborted]);
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown error';
    return { outcome: 'retry', reason };
  }
}
