import type { Delivery, Notifier } from '../ports.ts';
import { describeAlert } from './describe-alert.ts';
import { parseHttpUrl } from './http-url.ts';
import { actionOf, type PagerDutyEvent, renderPagerDutyEvent } from './pagerduty-event.ts';
import { judgeStatus, post } from './post.ts';

/** An integration of PagerDuty. */
export interface PagerDutyOptions {
  /** Integration key of 32 characters. */
  readonly routingKey: string;
  readonly name?: string;
  readonly timeZone?: string;
  readonly timeoutSeconds?: number;
  /** Default `https://events.pagerduty.com`. */
  readonly apiUrl?: string;
  readonly isPrivateAllowed?: boolean;
}

const KEY = /^[A-Za-z0-9]{32}$/;
/** PagerDuty asks to wait minutes after a 429 that does not say how long. */
const BUSY_MS = 60_000;

/**
 * Creates the channel that sends events to PagerDuty's Events API v2. The incident id is the `dedup_key`, so that all
 * transitions of an incident meet in one alert, also after it was opened again. 202 is accepted; 400 is final; 429 and
 * 5xx are for later.
 *
 * @see https://developer.pagerduty.com/docs/events-api-v2-overview (checked 2026-11-21)
 */
export function createPagerDutyNotifier(options: PagerDutyOptions): Notifier {
  const { routingKey, name = 'pagerduty', timeZone = 'UTC', timeoutSeconds = 15 } = options;
  if (!KEY.test(routingKey)) {
    throw new TypeError('expected a PagerDuty integration key of 32 letters and digits');
  }
  const base = parseHttpUrl(options.apiUrl ?? 'https://events.pagerduty.com', 'PagerDuty API');
  const url = new URL(`${base.href.replace(/\/+$/, '')}/v2/enqueue`);
  const enqueue = async (event: PagerDutyEvent, signal: AbortSignal): Promise<Delivery> => {
    const result = await post({
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
      signal,
      timeoutMs: timeoutSeconds * 1000,
      isPrivateAllowed: options.isPrivateAllowed ?? true,
    });
    const delivery = judgeStatus(result);
    if (delivery.outcome === 'delivered') {
      return { ...delivery, handle: { dedupKey: event.dedup_key } };
    }
    const isBusy = result.isAnswered && result.status === 429 && result.afterMs === undefined;
    return isBusy && delivery.outcome === 'retry' ? { ...delivery, afterMs: BUSY_MS } : delivery;
  };
  return {
    name,
    send: async (notice, signal) => {
      const content = describeAlert(notice, timeZone);
      const action = actionOf(notice.transition);
      const event = renderPagerDutyEvent(notice, content, { routingKey, action });
      const delivery = await enqueue(event, signal);
      if (notice.transition !== 'test' || delivery.outcome !== 'delivered') return delivery;
      const end = renderPagerDutyEvent(notice, content, { routingKey, action: 'resolve' });
      return enqueue(end, signal);
    },
  };
}
