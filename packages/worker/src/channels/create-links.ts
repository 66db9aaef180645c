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
}

const HOUR_MS = 3_600_000;

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
  { baseUrl, dashboardUrl }: LinkOptions,
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
  };
}

function dashboardOf(
  facts: Pick<NoticeFacts, 'incidentId' | 'finding'>,
  range: { readonly from: number; readonly to: number },
  urls: { readonly base: string | undefined; readonly dashboardUrl: string | undefined },
): string | undefined {
  const { labels, rule } = facts.finding;
  if (urls.dashboardUrl === undefined) {
    return urls.base === undefined ? undefined : `${urls.base}/?from=${range.from}&to=${range.to}`;
  }
  const values: Readonly<Record<string, string | undefined>> = {
    ...labels,
    from: String(range.from),
    to: String(range.to),
    rule,
    incident: facts.incidentId,
  };
  return urls.dashboardUrl.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent((Object.hasOwn(values, name) ? values[name] : undefined) ?? ''),
  );
}
