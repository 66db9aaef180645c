import { stringify } from 'yaml';
import type { AlertRule, RecordingRule, RuleGroup } from './rule-group.ts';

/** Where alerts link to. */
export interface AlertLinks {
  /** URL of a runbook by its name, such as `cost-per-request`. */
  readonly runbook: (name: string) => string;
  /** URL of Grafana without slash at its end; without it links to boards are paths on whatever Grafana there is. */
  readonly grafanaUrl?: string | undefined;
}

/** The runbooks of this project. */
export const DEFAULT_ALERT_LINKS: AlertLinks = {
  runbook: (name) => `https://github.com/tokenmeter/tokenmeter/blob/main/docs/runbooks/${name}.md`,
};

/** How a rule file is rendered. */
export interface PrometheusOptions {
  readonly links?: AlertLinks;
  /** Mimir's tools want one; Prometheus refuses it. */
  readonly namespace?: string;
  /** How a group says that it is evaluated behind now: vmalert has a word of its own and refuses the other. */
  readonly offsetKey?: 'query_offset' | 'eval_delay';
}

/** Renders groups as a rule file that Prometheus, Mimir and Thanos read; with `eval_delay` for vmalert. */
export function renderPrometheusRules(
  groups: readonly RuleGroup[],
  comment: string,
  { links = DEFAULT_ALERT_LINKS, namespace, offsetKey = 'query_offset' }: PrometheusOptions = {},
): string {
  const file = {
    ...(namespace === undefined ? {} : { namespace }),
    groups: groups.map((group) => renderGroup(group, links, offsetKey)),
  };
  return `${comment}\n${stringify(file, { lineWidth: 0 })}`;
}

function renderGroup(
  { name, interval, queryOffset, rules }: RuleGroup,
  links: AlertLinks,
  offsetKey: string,
): object {
  return {
    name,
    interval,
    ...(queryOffset === undefined ? {} : { [offsetKey]: queryOffset }),
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
  const { grafanaUrl = '', runbook } = links;
  return {
    summary: rule.summary,
    description: rule.description,
    runbook_url: runbook(rule.runbook),
    dashboard_url: `${grafanaUrl}/d/${rule.panel.board}?viewPanel=${rule.panel.id}&from=now-6h&to=now`,
  };
}
