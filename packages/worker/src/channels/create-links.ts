import type { RuleName } from '@tokenmeter/anomaly';
import type { NoticeLinks } from '../ports.ts';
import type { NoticeFacts } from './describe-alert.ts';

/** Where alerts lead. */
export interface LinkOptions {
  /** URL under which readers reach the page: `https://tokenmeter.example.com`. Without it, nothing of ours is linked. */
  readonly baseUrl?: string | undefined;
  /**
   * URL of a dashboard elsewhere, with `{from}` and `{to}` for the time range in epoch milliseconds and `{service}`,
   * `{feature}`, `{model}`, `{team}`, `{environment}`, `{rule}`, `{incident}` for what it concerns.
   */
  readonly dashboardUrl?: string | undefined;
  /** URL of a picture, such as a rendered panel, with the same words. PagerDuty shows it when it is served by HTTPS. */
  readonly imageUrl?: string | undefined;
}

const HOUR_MS = 3_600_000;

/** Epoch milliseconds. */
interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Path of the runbook of a rule, as the page serves it: `/runbooks/cost-per-request`. */
function runbookPath(rule: RuleName): string {
  return `/runbooks/${rule.replaceAll('_', '-')}`;
}

/**
 * Creates the links of an incident to its page, its runbook and a dashboard with its time range: an hour before it
 * began to now. Names are percent-encoded.
 */
export function createLinks(
  facts: Pick<NoticeFacts, 'incidentId' | 'startedEpochMs' | 'epochMs' | 'finding'>,
  { baseUrl, dashboardUrl, imageUrl }: LinkOptions,
): NoticeLinks {
  const range = { from: facts.startedEpochMs - HOUR_MS, to: facts.epochMs };
  const base = baseUrl?.replace(/\/+$/, '');
  const dashboard = dashboardOf(facts, range, { base, dashboardUrl });
  return {
    ...(base === undefined
      ? {}
      : {
          page: `${base}/?page=alerts#${encodeURIComponent(facts.incidentId)}`,
          runbook: `${base}${runbookPath(facts.finding.rule)}`,
        }),
    ...(dashboard === undefined ? {} : { dashboard }),
    ...(imageUrl === undefined ? {} : { image: fill(imageUrl, facts, range) }),
  };
}

function dashboardOf(
  facts: Pick<NoticeFacts, 'incidentId' | 'finding'>,
  range: TimeRange,
  urls: { readonly base: string | undefined; readonly dashboardUrl: string | undefined },
): string | undefined {
  if (urls.dashboardUrl !== undefined) return fill(urls.dashboardUrl, facts, range);
  return urls.base === undefined ? undefined : `${urls.base}/?from=${range.from}&to=${range.to}`;
}

function fill(
  template: string,
  { incidentId, finding }: Pick<NoticeFacts, 'incidentId' | 'finding'>,
  range: TimeRange,
): string {
  const values: Readonly<Record<string, string | undefined>> = {
    ...finding.labels,
    from: String(range.from),
    to: String(range.to),
    rule: finding.rule,
    incident: incidentId,
  };
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent((Object.hasOwn(values, name) ? values[name] : undefined) ?? ''),
  );
}
