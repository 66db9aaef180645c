import { stringify } from 'yaml';
import type { AlertRule, RecordingRule, RuleGroup } from './rule-group.ts';

/** Where alerts link to. */
export interface AlertLinks {
  /** URL below which the runbooks lie, without slash at its end. */
  readonly runbookBase: string;
  /** URL of Grafana without slash at its end; without it alerts carry no link to a board. */
  readonly grafanaBase?: string | undefined;
}

/** Links that lead nowhere until a person sets their own. */
export const DEFAULT_ALERT_LINKS: AlertLinks = {
  runbookBase: 'https://github.com/tokenmeter/tokenmeter/blob/main/docs/runbooks',
};

/** Renders groups as a rule file that Prometheus, Mimir, Thanos and vmalert read. */
export function renderPrometheusRules(
  groups: readonly RuleGroup[],
  comment: string,
  links: AlertLinks = DEFAULT_ALERT_LINKS,
): string {
  const file = { groups: groups.map((group) => renderGroup(group, links)) };
  return `${comment}\n${stringify(file, { lineWidth: 0 })}`;
}

function renderGroup({ name, interval, queryOffset, rules }: RuleGroup, links: AlertLinks): object {
  return {
    name,
    interval,
    ...(queryOffset === undefined ? {} : { query_offset: queryOffset }),
    rules: rules.map((rule) => ('alert' in rule ? renderAlert(rule, links) : renderRecord(rule))),
  };
}

function renderRecord({ record, expr }: RecordingRule): object {
  return { record, expr };
}

function renderAlert(rule: AlertRule, links: AlertLinks): object {
  return {
    alert: rule.alert,
    expr: rule.expr,
    for: rule.for,
    keep_firing_for: rule.keepFiringFor,
    labels: { severity: rule.severity },
    annotations: annotationsOf(rule, links),
  };
}

/** What a person reads of an alert, and where it leads. */
export function annotationsOf(rule: AlertRule, links: AlertLinks): Record<string, string> {
  const { grafanaBase, runbookBase } = links;
  return {
    summary: rule.summary,
    description: rule.description,
    runbook_url: `${runbookBase}/${rule.runbook}.md`,
    ...(grafanaBase === undefined
      ? {}
      : { dashboard_url: `${grafanaBase}/d/${rule.dashboard}?from=now-6h&to=now` }),
  };
}
