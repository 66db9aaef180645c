import { createTestNotice } from '../channels/create-test-notice.ts';
import type { Delivery, Notifier } from '../ports.ts';
import { sendOnce } from './send-once.ts';

const TIMEOUT_MS = 20_000;

/**
 * Sends a marked test notice through each channel at once and gives every answer by channel name, in the channels'
 * order. A channel that says nothing for 20 seconds has failed, as have all when `stop` aborts. Never rejects.
 */
export async function sendTest(
  notifiers: readonly Notifier[],
  { epochMs, stop }: { readonly epochMs: number; readonly stop: AbortSignal },
): Promise<Readonly<Record<string, Delivery>>> {
  const notice = createTestNotice(epochMs);
  const answers = notifiers.map(async (notifier) => {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
    return [notifier.name, await sendOnce(() => notifier.send(notice, signal), signal)] as const;
  });
  return Object.fromEntries(await Promise.all(answers));
}
