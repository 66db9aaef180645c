import { createNotice } from '../channels/create-notice.ts';
import type { Notice } from '../ports.ts';

/** Words a notice for the fall-back channel: the same, and that another channel could not be told. */
export function redirectNotice(
  notice: Notice,
  failed: { readonly channel: string; readonly reason: string; readonly timeZone: string },
): Notice {
  const { title: _, text: __, ...facts } = notice;
  const told = `Channel ${failed.channel} could not be told: ${failed.reason}.`;
  const note = facts.note === undefined ? told : `${facts.note} ${told}`;
  const idempotencyKey = `${notice.idempotencyKey}:instead-of-${failed.channel}`;
  return createNotice({ ...facts, idempotencyKey, note }, { timeZone: failed.timeZone });
}

/** Whether a notice stands in for a failed one already; such are not redirected again. */
export function isRedirected({ idempotencyKey }: Notice): boolean {
  return idempotencyKey.includes(':instead-of-');
}
