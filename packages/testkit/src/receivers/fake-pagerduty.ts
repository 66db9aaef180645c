import {
  createFake,
  demand,
  type Json,
  parseJson,
  readList,
  readObject,
  readText,
  readUrl,
  type VendorFake,
  type VendorRequest,
} from './vendor-fake.ts';

/** A fake of Events API v2 that also keeps the state of each alert. */
export interface PagerDutyFake extends VendorFake<Json> {
  /** State by `dedup_key`. */
  readonly alerts: ReadonlyMap<string, 'triggered' | 'acknowledged' | 'resolved'>;
}

const MOST_BYTES = 512 * 1024;
const KEYS = [
  'routing_key',
  'event_action',
  'dedup_key',
  'client',
  'client_url',
  'links',
  'images',
  'payload',
];
const PAYLOAD_KEYS = [
  'summary',
  'source',
  'severity',
  'timestamp',
  'component',
  'group',
  'class',
  'custom_details',
];
const SEVERITIES: readonly unknown[] = ['critical', 'error', 'warning', 'info'];

/**
 * Creates a fake that takes what the vendor takes: 202, 400 with its errors, 413 beyond 512 KB. An acknowledgement or
 * an end without an open alert is accepted and dropped.
 *
 * @see https://developer.pagerduty.com/docs/send-alert-event (checked 2026-11-21)
 */
export function createPagerDutyFake(routingKey: string): PagerDutyFake {
  const alerts = new Map<string, 'triggered' | 'acknowledged' | 'resolved'>();
  const fake = createFake<Json>(
    (request) => {
      const event = readEvent(request, routingKey);
      const key = String(event.dedup_key ?? `generated-${alerts.size}`);
      move(alerts, key, event.event_action);
      const body = { status: 'success', message: 'Event processed', dedup_key: key };
      return { message: event, answer: { status: 202, body: JSON.stringify(body) } };
    },
    (words) => {
      const body = { status: 'invalid event', message: 'Event object is invalid', errors: [words] };
      return { status: words === 'too large' ? 413 : 400, body: JSON.stringify(body) };
    },
  );
  return { ...fake, alerts };
}

function move(
  alerts: Map<string, 'triggered' | 'acknowledged' | 'resolved'>,
  key: string,
  action: unknown,
): void {
  const state = alerts.get(key);
  const isOpen = state === 'triggered' || state === 'acknowledged';
  if (action === 'trigger' && !isOpen) alerts.set(key, 'triggered');
  if (action === 'acknowledge' && isOpen) alerts.set(key, 'acknowledged');
  if (action === 'resolve' && isOpen) alerts.set(key, 'resolved');
}

function readEvent({ method, path, body }: VendorRequest, routingKey: string): Json {
  demand(method === 'POST' && path === '/v2/enqueue', 'not the path of the API');
  demand(Buffer.byteLength(body) <= MOST_BYTES, 'too large');
  const event = readObject(parseJson(body), 'event', KEYS);
  const key = readText(event.routing_key, 'routing_key', 32);
  demand(key.length === 32, "Length of 'routing_key' is incorrect (should be 32 characters)");
  demand(key === routingKey, 'Invalid routing key');
  const action = event.event_action;
  demand(action === 'trigger' || action === 'acknowledge' || action === 'resolve', 'event_action');
  if (event.dedup_key !== undefined || action !== 'trigger') {
    readText(event.dedup_key, 'dedup_key', 255);
  }
  if (action === 'trigger') checkPayload(event);
  checkLinks(event);
  return event;
}

function checkPayload(event: Json): void {
  const payload = readObject(event.payload, 'payload', PAYLOAD_KEYS);
  readText(payload.summary, 'payload.summary', 1024);
  readText(payload.source, 'payload.source', 1024);
  demand(SEVERITIES.includes(payload.severity), 'payload.severity');
  demand(!Number.isNaN(Date.parse(String(payload.timestamp))), 'payload.timestamp');
  if (event.client_url !== undefined) readUrl(event.client_url, 'client_url', 2048);
}

function checkLinks(event: Json): void {
  if (Array.isArray(event.links) && event.links.length > 0) {
    for (const each of readList(event.links, 'links', 100)) {
      const link = readObject(each, 'links', ['href', 'text']);
      readUrl(link.href, 'links.href', 2048);
    }
  }
  if (!Array.isArray(event.images) || event.images.length === 0) return;
  for (const each of readList(event.images, 'images', 100)) {
    const image = readObject(each, 'images', ['src', 'href', 'alt']);
    const src = readUrl(image.src, 'images.src', 2048);
    demand(src.startsWith('https:'), 'images.src must be served by HTTPS');
  }
}
