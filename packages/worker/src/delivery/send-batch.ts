import type { Delivery, NoticeDigest, Notifier } from '../ports.ts';
import type { OutboxBatch } from '../state/outbox.ts';
import { sendOnce } from './send-once.ts';

/** Sends what goes out together: a digest when there are several. Never rejects. */
export function sendBatch(
  notifier: Notifier,
  batch: OutboxBatch,
  signal: AbortSignal,
): Promise<Delivery> {
  const [first, ...others] = batch.rows;
  if (first === undefined) return Promise.resolve({ outcome: 'delivered' });
  return sendOnce(() => {
    if (others.length > 0 && notifier.sendDigest !== undefined) {
      return notifier.sendDigest(createDigest(batch), signal);
    }
    return notifier.send(first.notice, signal, first.handle);
  }, signal);
}

function createDigest({ key, rows }: OutboxBatch): NoticeDigest {
  const notices = rows.map((row) => row.notice).sort((left, right) => left.epochMs - right.epochMs);
  return {
    idempotencyKey: key,
    subject: subjectOf(rows[0]?.bundle),
    fromEpochMs: notices[0]?.epochMs ?? 0,
    toEpochMs: notices.at(-1)?.epochMs ?? 0,
    notices,
  };
}

/** A bundle is the JSON list of its route and the values of its labels. */
function subjectOf(bundle: string | undefined): string {
  const parts = bundle === undefined ? [] : parseList(bundle);
  const [route = 'alerts', ...labels] = parts;
  if (labels[0] === 'digest') return 'Warnings of the day';
  return labels.length === 0 ? route : labels.join(', ');
}

function parseList(text: string): string[] {
  const list: unknown = JSON.parse(text);
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}
