import {
  CALLS,
  COST,
  METERED,
  type MetricSpec,
  RECOGNISED,
  tokenmeter,
  UNPRICED,
} from '@tokenmeter/semconv';
import { DEFAULT_RULE_NUMBERS } from '../rules/rule-numbers.ts';
import { datadogTag } from './datadog-names.ts';

/** A monitor of Datadog's API (v1). */
export interface DatadogMonitor {
  readonly name: string;
  readonly type: 'query alert';
  readonly query: string;
  readonly message: string;
  readonly tags: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

const FEATURE = datadogTag(tokenmeter.feature);
const BY = `service,${FEATURE}`;
const RUNBOOKS = 'https://github.com/tokenmeter/tokenmeter/blob/main/docs/runbooks';

/** Monitors on the names that the Collector’s Datadog backend sends; absolute gates keep small features quiet. */
export function datadogMonitors(): readonly DatadogMonitor[] {
  const { cacheHitRate, costPerRequest, coverage, unpriced, volume } = DEFAULT_RULE_NUMBERS;
  const cache = datadogTag(tokenmeter.cache);
  const perCall = (shift: (query: string) => string): string =>
    `( ${shift(count(COST))} / ${shift(count(CALLS))} )`;
  const asIs = (query: string): string => query;
  const lastWeek = (query: string): string => `week_before(${query})`;
  return [
    anomaly('volume', 'Calls leave their weekly pattern', CALLS, volume.minimumExtraCalls),
    anomaly('slow-burn', 'Spend leaves its weekly pattern', COST, 1),
    threshold('cost-per-request', 'A call costs more than a week ago', {
      query: `avg(last_1h):${perCall(asIs)} / ${perCall(lastWeek)} > ${costPerRequest.criticalRatio}`,
      critical: costPerRequest.criticalRatio,
      warning: costPerRequest.warningRatio,
    }),
    threshold('cache-hit-rate', 'The prompt cache hits less', {
      query: `sum(last_1h):${count(CALLS, `${cache}:hit`)} / ( ${count(CALLS, `${cache}:hit`)} + cutoff_min(${count(CALLS, `${cache}:miss`)}, 5) ) < ${cacheHitRate.criticalBelow}`,
      critical: cacheHitRate.criticalBelow,
      warning: cacheHitRate.warningBelow,
    }),
    threshold('unpriced', 'Calls have no price', {
      query: `sum(last_1h):${count(UNPRICED)} / ${count(CALLS)} > ${unpriced.maximumShare}`,
      critical: unpriced.maximumShare,
    }),
    threshold('coverage', 'Calls are recognised and not metered', {
      query: `sum(last_1h):( ${total(RECOGNISED)} - ${total(METERED)} ) / ${total(RECOGNISED)} > ${coverage.maximumLoss}`,
      critical: coverage.maximumLoss,
    }),
  ];
}

function count(spec: MetricSpec, scope = '*'): string {
  return `sum:${spec.name}{${scope}} by {${BY}}.as_count()`;
}

function total(spec: MetricSpec): string {
  return `sum:${spec.name}{*} by {service}.as_count()`;
}

function anomaly(runbook: string, name: string, spec: MetricSpec, gate: number): DatadogMonitor {
  const series = `cutoff_min(${count(spec)}.rollup(sum, 1800), ${gate})`;
  return {
    ...base(runbook, name),
    query: `avg(last_1d):anomalies(${series}, 'agile', 3, direction='above', interval=1800, alert_window='last_30m', seasonality='weekly', count_default_zero='true') >= 1`,
    options: {
      thresholds: { critical: 1, critical_recovery: 0 },
      threshold_windows: { trigger_window: 'last_30m', recovery_window: 'last_30m' },
      notify_no_data: false,
      include_tags: true,
    },
  };
}

interface Threshold {
  readonly query: string;
  readonly critical: number;
  readonly warning?: number;
}

function threshold(
  runbook: string,
  name: string,
  { query, ...thresholds }: Threshold,
): DatadogMonitor {
  return {
    ...base(runbook, name),
    query,
    options: { thresholds, notify_no_data: false, include_tags: true },
  };
}

function base(runbook: string, name: string): Omit<DatadogMonitor, 'query' | 'options'> {
  return {
    name: `Tokenmeter: ${name}`,
    type: 'query alert',
    message: `{{#is_alert}}${name} for {{${FEATURE}.name}} of {{service.name}}: {{value}}.{{/is_alert}}\n\nRunbook: ${RUNBOOKS}/${runbook}.md`,
    tags: ['source:tokenmeter', `rule:${runbook}`],
  };
}
