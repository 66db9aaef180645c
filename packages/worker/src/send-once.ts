import type { Delivery, DeliveryHandle, Notice, Notifier } from './ports.ts';

/** Sends a notice once; a channel that throws or outlasts the signal has failed. Never rejects. */
export async function sendOnce(
  notifier: Notifier,
  notice: Notice,
  signal: AbortSignal,
  handle?: DeliveryHandle,
): Promise<Delivery> {
  const aborted = new Promise<Delivery>((resolve) => {
    const give = (): void => resolve({ outcome: 'retry', reason: 'no answer in time' });
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
  try {
    return await Promise.race([notifier.send(notice, signal, handle), aborted]);
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown error';
    return { outcome: 'retry', reason };
  }
}
