import type { Finding } from '@tokenmeter/anomaly';
import type { Notice } from '../ports.ts';
import { cleanName, clip } from './clean-text.ts';
import { type AlertContent, RULE_WORDS, renderWhy } from './describe-alert.ts';

/** What an event asks PagerDuty to do. */
export type PagerDutyAction = 'trigger' | 'acknowledge' | 'resolve';

/**
 * The body of one event, PD-CEF.
 *
 * @see https://developer.pagerduty.com/docs/send-alert-event (checked 2026-11-21): `dedup_key` at most 255 characters,
 * `summary` 1,024, the whole 512 KB.
 */
export interface PagerDutyEvent {
  readonly routing_key: string;
  readonly event_action: PagerDutyAction;
  readonly dedup_key: string;
  readonly client?: string;
  readonly client_url?: string;
  readonly links?: readonly { readonly href: string; readonly text: string }[];
  readonly images?: readonly {
    readonly src: string;
    readonly href?: string;
    readonly alt: string;
  }[];
  readonly payload?: {
    readonly summary: string;
    readonly source: string;
    readonly severity: Notice['severity'];
    readonly timestamp: string;
    readonly component?: string;
    readonly group?: string;
    readonly class: string;
    readonly custom_details: Readonly<Record<string, unknown>>;
  };
}

const SUMMARY_LENGTH = 1024;
const KEY_LENGTH = 255;
const LINK_LENGTH = 2048;

/** Renders what a transition means to PagerDuty. A test opens an alert and closes it at once. */
export function renderPagerDutyEvent(
  notice: Notice,
  content: AlertContent,
  options: { readonly routingKey: string; readonly action: PagerDutyAction },
): PagerDutyEvent {
  const { routingKey, action } = options;
  const head = {
    routing_key: routingKey,
    event_action: action,
    dedup_key: clip(notice.incidentId, KEY_LENGTH),
  };
  if (action !== 'trigger') return head;
  const page = content.links.find(({ kind }) => kind === 'page');
  const links = content.links.filter(({ url }) => url.length <= LINK_LENGTH);
  const { service, feature } = notice.finding.labels;
  return {
    ...head,
    client: 'Tokenmeter',
    ...(page === undefined ? {} : { client_url: page.url }),
    links: links.map(({ name, url }) => ({ href: url, text: name })),
    images: imagesOf(content, page?.url),
    payload: {
      summary: clip(content.title, SUMMARY_LENGTH),
      source: service === undefined ? 'tokenmeter' : cleanName(service),
      severity: notice.severity,
      timestamp: new Date(notice.startedEpochMs).toISOString(),
      ...(feature === undefined ? {} : { component: cleanName(feature) }),
      ...(service === undefined ? {} : { group: cleanName(service) }),
      class: RULE_WORDS[notice.finding.rule],
      custom_details: detailsOf(notice.finding, content),
    },
  };
}

/** The action for a transition: PagerDuty knows no snooze, so that is an acknowledgement. */
export function actionOf(transition: Notice['transition']): PagerDutyAction {
  switch (transition) {
    case 'acknowledged':
    case 'silenced':
      return 'acknowledge';
    case 'resolved':
      return 'resolve';
    default:
      return 'trigger';
  }
}

function detailsOf(finding: Finding, content: AlertContent): Readonly<Record<string, unknown>> {
  const facts = content.facts.map(({ name, value }) => [name, value] as const);
  return {
    ...(content.news === undefined ? {} : { News: content.news }),
    ...(content.note === undefined ? {} : { Note: content.note }),
    ...Object.fromEntries(facts),
    ...(content.why === undefined ? {} : { Why: renderWhy(content.why) }),
    usd_per_hour: finding.usdPerHour,
    usd_per_day: finding.usdPerHour * 24,
  };
}

function imagesOf(content: AlertContent, href: string | undefined) {
  // PagerDuty shows only pictures that are served by HTTPS.
  if (content.image === undefined || !content.image.startsWith('https:')) return [];
  return [{ src: content.image, alt: 'Spend over time', ...(href === undefined ? {} : { href }) }];
}
