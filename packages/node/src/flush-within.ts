import type { OtlpSender } from './otlp-sender.ts';

/**
 * Lets flushes run for so long and no longer; what senders still have under way then fails. Never rejects.
 *
 * What `start` computes before it first waits does not count: the first flush loads what exports, and on a busy machine
 * that alone may take longer than there is.
 */
export async function flushWithin(
  deadlineMs: number,
  senders: readonly OtlpSender[],
  start: () => readonly Promise<unknown>[],
): Promise<void> {
  const flushes = start();
  for (const sender of senders) sender.hurry(Date.now() + deadlineMs);
  // The one referenced timer of this package: it holds the process while, and only while, the flush runs.
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs);
  });
  await Promise.race([Promise.allSettled(flushes), tooLate]);
  clearTimeout(timer);
  for (const sender of senders) {
    sender.abandon();
    sender.relax();
  }
}
