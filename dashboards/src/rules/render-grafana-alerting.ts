import { stringify } from 'yaml';
import { type AlertLinks, annotationsOf, DEFAULT_ALERT_LINKS } from './render-prometheus.ts';
import type { AlertRule, RuleGroup } from './rule-group.ts';

/** What Grafana needs beside the rules. */
export interface GrafanaAlerting {
  readonly datasourceUid: string;
  /** Folder that the rules are filed under. */
  readonly folder: string;
  readonly links?: AlertLinks;
}

/** Seconds of history that an instant query is given. */
const RANGE_SECONDS = 600;

/**
 * Renders alert rules for Grafana's file provisioning (`apiVersion: 1`,
 * https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/, 2026-11).
 * An expression returns a series only where it fires, so the condition is that there is one.
 */
export function renderGrafanaAlerting(
  groups: readonly RuleGroup<AlertRule>[],
  comment: string,
  { datasourceUid, folder, links = DEFAULT_ALERT_LINKS }: GrafanaAlerting,
): string {
  const file = {
    apiVersion: 1,
    groups: groups.map(({ name, interval, rules }) => ({
      orgId: 1,
      name,
      folder,
      interval,
      rules: rules.map((rule) => renderRule(rule, { datasourceUid, links })),
    })),
  };
  return `${comment}\n${stringify(file, { lineWidth: 0 })}`;
}

function renderRule(
  rule: AlertRule,
  { datasourceUid, links }: { readonly datasourceUid: string; readonly links: AlertLinks },
): object {
  const { board, id } = rule.panel;
  return {
    uid: kebab(rule.alert),
    title: rule.alert,
    condition: 'fires',
    data: [
      {
        refId: 'value',
        relativeTimeRange: { from: RANGE_SECONDS, to: 0 },
        datasourceUid,
        model: { refId: 'value', expr: rule.expr, instant: true, range: false },
      },
      {
        refId: 'fires',
        datasourceUid: '__expr__',
        model: {
          refId: 'fires',
          type: 'math',
          // True for every number, of whatever sign.
          expression: '$value == $value',
        },
      },
    ],
    // No series means that nothing fires.
    noDataState: 'OK',
    execErrState: 'Error',
    for: rule.for,
    keepFiringFor: rule.keepFiringFor,
    dashboardUid: board,
    panelId: id,
    labels: { severity: rule.severity },
    annotations: {
      ...grafanaTemplates(annotationsOf(rule, links)),
      // Grafana refuses a rule that has one of these without the other.
      __dashboardUid__: board,
      __panelId__: String(id),
    },
  };
}

/** Grafana's templates know `$values` of expressions where Prometheus has `$value`. */
function grafanaTemplates(annotations: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).map(([key, text]) => [
      key,
      text.replaceAll('$value', '$values.value.Value'),
    ]),
  );
}

function kebab(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
}
