import type { Logger } from '../logger.ts';
import type { Delivery, Notice } from '../ports.ts';
import type { OutboxBatch, Settlement } from '../state/outbox.ts';
import type { StateStore } from '../state/state-store.ts';
import { backOffMs } from './back-off.ts';
import { isRedirected, redirectNotice } from './redirect-notice.ts';

/** An attempt that has ended. */
export interface Attempt {
  readonly batch: OutboxBatch;
  readonly delivery: Delivery;
}

/** What settling works with. */
export interface SettleContext {
  readonly store: StateStore;
  readonly channel: string;
  readonly owner: string;
  readonly epochMs: number;
  readonly random: () => number;
  readonly logger: Logger;
  /** Told what this channel could not deliver. */
  readonly fallbackChannel: string | undefined;
  readonly timeZone: string;
  /** True when the attempt was broken off by a shutdown: it comes again at once. */
  readonly isStopping: boolean;
}

const GIVE_UP_MS = 86_400_000;
/** After so many failures in a row the whole channel waits, and one notice at a time tries. */
const PATIENCE = 3;

/** Notes how attempts ended, in the caller's transaction: delivered, again later, or dead with the fall-back told. */
export function settleAttempt({ batch, delivery }: Attempt, context: SettleContext): void {
  const { outcome } = delivery;
  if (outcome === 'delivered') {
    settleAll(batch, { state: 'delivered' }, context);
    const [only, ...others] = batch.rows;
    if (delivery.handle !== undefined && only !== undefined && others.length === 0) {
      context.store.outbox.saveHandle(only.notice.incidentId, context.channel, delivery.handle);
    }
    recover(context);
    return;
  }
  if (outcome === 'retry') {
    retry(batch, delivery, context);
    return;
  }
  giveUp(batch, delivery.reason, context);
  if (outcome === 'disabled') disable(delivery.reason, context);
}

/** Whether one notice at a time should try, because the channel failed several times in a row. */
export function isOnProbation(failures: number): boolean {
  return failures >= PATIENCE;
}

function settleAll(batch: OutboxBatch, end: Settlement, context: SettleContext): Notice[] {
  const { store, owner, epochMs } = context;
  const settled = batch.rows.filter((row) =>
    store.outbox.settle({ id: row.id, owner, epochMs }, end),
  );
  return settled.map((row) => row.notice);
}

function recover({ store, channel }: SettleContext): void {
  const health = store.channels.health(channel);
  if (health.failures > 0) store.channels.saveHealth(channel, { ...health, failures: 0 });
}

function retry(
  batch: OutboxBatch,
  { reason, afterMs }: Delivery & { readonly outcome: 'retry' },
  context: SettleContext,
): void {
  const { epochMs, store, channel, logger, isStopping } = context;
  const created = Math.min(...batch.rows.map((row) => row.createdEpochMs));
  if (isStopping) {
    settleAll(batch, { state: 'waiting', dueEpochMs: epochMs, reason }, context);
    return;
  }
  if (epochMs - created >= GIVE_UP_MS) {
    giveUp(batch, reason, context);
    return;
  }
  const attempts = Math.max(...batch.rows.map((row) => row.attempts)) + 1;
  const random = context.random();
  const dueEpochMs = epochMs + backOffMs(attempts, { random, afterMs });
  settleAll(batch, { state: 'waiting', dueEpochMs, reason }, context);
  const health = store.channels.health(channel);
  const failures = health.failures + 1;
  if (failures === 1) logger.warn(`channel ${channel}: ${reason}; trying again`);
  const pauseMs = isOnProbation(failures)
    ? backOffMs(failures - PATIENCE + 1, { random, afterMs })
    : (afterMs ?? 0);
  const pausedUntilEpochMs = Math.max(health.pausedUntilEpochMs, epochMs + pauseMs);
  store.channels.saveHealth(channel, { pausedUntilEpochMs, failures });
}

function giveUp(batch: OutboxBatch, reason: string, context: SettleContext): void {
  const { logger, channel } = context;
  const lost = settleAll(batch, { state: 'dead', reason }, context);
  for (const notice of lost) {
    logger.warn(`channel ${channel}: gave up on ${notice.idempotencyKey}: ${reason}`);
  }
  redirect(lost, reason, context);
}

function disable(reason: string, context: SettleContext): void {
  const { store, channel, epochMs, logger } = context;
  logger.warn(
    `channel ${channel}: ${reason}; nothing more is sent there until the worker starts again`,
  );
  store.channels.saveHealth(channel, { ...store.channels.health(channel), disabled: reason });
  redirect(store.outbox.giveUp(channel, reason, epochMs), reason, context);
}

/** Hands what a channel could not deliver to the fall-back channel. */
export function redirect(lost: readonly Notice[], reason: string, context: SettleContext): void {
  const { store, channel, fallbackChannel, epochMs, timeZone } = context;
  if (fallbackChannel === undefined || fallbackChannel === channel) return;
  for (const notice of lost) {
    if (isRedirected(notice)) continue;
    store.outbox.put({
      channel: fallbackChannel,
      notice: redirectNotice(notice, { channel, reason, timeZone }),
      dueEpochMs: epochMs,
      createdEpochMs: epochMs,
    });
  }
}
