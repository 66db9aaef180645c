import { createNaming, type NamingStyle } from './naming.ts';
import { DATASOURCE_UID, GRAFANA_FOLDER } from './provisioning.ts';
import { alertRules } from './rules/alert-rules.ts';
import { recordingRules } from './rules/recording-rules.ts';
import { renderGrafanaAlerting } from './rules/render-grafana-alerting.ts';
import { type AlertLinks, renderPrometheusRules } from './rules/render-prometheus.ts';
import type { RuleNumbers } from './rules/rule-numbers.ts';

/** Who reads the rules. */
export type RuleTarget = 'prometheus' | 'mimir' | 'vmalert' | 'grafana';

/** A person's own rules. */
export interface RulesExport {
  readonly target: RuleTarget;
  readonly style: NamingStyle;
  readonly numbers: RuleNumbers;
  readonly links: AlertLinks;
  /** Data source of Grafana-managed rules. */
  readonly datasourceUid?: string | undefined;
}

const COMMENT =
  '# Tokenmeter: a safety net for people without its worker, which is calibrated; these rules are not.';

/**
 * Renders rules with a person's own numbers and links. `grafana` gets alerts only: recording rules run in the store, so
 * they must be exported for it as well.
 */
export function renderRules({ target, style, numbers, links, datasourceUid }: RulesExport): string {
  const naming = createNaming(style);
  const alerts = alertRules(naming, numbers);
  if (target === 'grafana') {
    return renderGrafanaAlerting(alerts, COMMENT, {
      datasourceUid: datasourceUid ?? DATASOURCE_UID,
      folder: GRAFANA_FOLDER,
      links,
    });
  }
  const groups = [...recordingRules(naming, numbers), ...alerts];
  return renderPrometheusRules(groups, COMMENT, {
    links,
    ...(target === 'mimir' ? { namespace: 'tokenmeter' } : {}),
    ...(target === 'vmalert' ? { offsetKey: 'eval_delay' } : {}),
  });
}
