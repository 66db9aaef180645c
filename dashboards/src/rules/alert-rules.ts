import { genAi, tokenmeter, WORKER_METRICS } from '@tokenmeter/semconv';
import { BOARD_UIDS } from '../board-uids.ts';
import { type Naming, prometheusName } from '../naming.ts';
import {
  deltaPerHour,
  deltaPerMinute,
  ORIGIN,
  RECORDED,
  type RecordedCounter,
} from './recorded.ts';
import {
  BUDGET,
  CACHE_HIT_RATIO,
  CALLS_30M,
  CALLS_30M_EXPECTED,
  COST_PER_CALL,
  listed,
  SCOPE,
} from './recording-rules.ts';
import type { AlertRule, AlertSeverity, PanelPlace, RuleGroup } from './rule-group.ts';
import type { RuleNumbers } from './rule-numbers.ts';

/** Hours of a month of average length. */
const HOURS_PER_MONTH = 730;

type Draft = Omit<AlertRule, 'keepFiringFor'> & Partial<AlertRule>;

/** The alert rules: the article's four, the budget, and what guards the pipeline itself. */
export function alertRules(naming: Naming, numbers: RuleNumbers): readonly RuleGroup<AlertRule>[] {
  const group = (name: string, rules: readonly Draft[]): RuleGroup<AlertRule> => ({
    name,
    interval: '1m',
    rules: rules.map((rule) => ({ keepFiringFor: '10m', ...rule })),
  });
  return [
    group('tokenmeter-volume', volume(naming, numbers)),
    group('tokenmeter-cost-per-request', costPerRequest(naming, numbers)),
    group('tokenmeter-cache', cacheHitRate(naming, numbers)),
    group('tokenmeter-model-drift', modelDrift(naming, numbers)),
    group('tokenmeter-budget', budget()),
    group('tokenmeter-pipeline', pipeline(naming, numbers)),
    group('tokenmeter-worker', worker()),
  ];
}

/** Two severities of one condition. */
function graded(
  severities: Readonly<Record<'warning' | 'critical', string>>,
  build: (severity: 'warning' | 'critical', condition: string) => Draft,
): readonly Draft[] {
  return [build('warning', severities.warning), build('critical', severities.critical)];
}

function volume(naming: Naming, { volume: gates }: RuleNumbers): readonly Draft[] {
  const excess = (ratio: number): string =>
    `${CALLS_30M} > ${ratio} * ${CALLS_30M_EXPECTED} and ${CALLS_30M} - ${CALLS_30M_EXPECTED} > ${gates.minimumExtraCalls}`;
  const conditions = { warning: excess(gates.warningRatio), critical: excess(gates.criticalRatio) };
  return graded(conditions, (severity, expr) => ({
    alert: `TokenmeterVolume${capitalised(severity)}`,
    expr,
    for: '5m',
    severity,
    summary: `${subject(naming)} makes far more calls than at this time of other weeks`,
    description: `{{ $value | humanize }} calls in 30 minutes, more than ${percent(severity === 'critical' ? gates.criticalRatio : gates.warningRatio)} of the median of this half hour in up to four earlier weeks.`,
    runbook: 'volume',
    panel: { board: BOARD_UIDS.article, id: 3 },
  }));
}

function costPerRequest(naming: Naming, { costPerRequest: gates }: RuleNumbers): readonly Draft[] {
  const usual = `avg_over_time(${COST_PER_CALL}[7d] offset 1h)`;
  const above = (ratio: number): string => `${COST_PER_CALL} > ${ratio} * ${usual}`;
  const conditions = { warning: above(gates.warningRatio), critical: above(gates.criticalRatio) };
  return graded(conditions, (severity, expr) => ({
    alert: `TokenmeterCostPerRequest${capitalised(severity)}`,
    expr,
    for: '10m',
    severity,
    summary: `A call of ${subject(naming)} costs far more than in the last week`,
    description: `{{ $value | printf "%.6f" }} USD a call over the last hour, more than ${percent(severity === 'critical' ? gates.criticalRatio : gates.warningRatio)} of the average of seven days.`,
    runbook: 'cost-per-request',
    panel: { board: BOARD_UIDS.article, id: 4 },
  }));
}

function cacheHitRate(naming: Naming, { cacheHitRate: gates }: RuleNumbers): readonly Draft[] {
  const usual = `avg_over_time(${CACHE_HIT_RATIO}[7d] offset 1h)`;
  // Features that never used a cache are not told that they do not.
  const below = (rate: number): string =>
    `${CACHE_HIT_RATIO} < ${rate} and ${usual} >= ${gates.warningBelow}`;
  const conditions = { warning: below(gates.warningBelow), critical: below(gates.criticalBelow) };
  return graded(conditions, (severity, expr) => ({
    alert: `TokenmeterCacheHitRate${capitalised(severity)}`,
    expr,
    for: '10m',
    severity,
    summary: `The prompt cache of ${subject(naming)} hits far less than in the last week`,
    description: `{{ $value | humanizePercentage }} of the calls of the last hour were hits; at least 50 calls told.`,
    runbook: 'cache-hit-rate',
    panel: { board: BOARD_UIDS.article, id: 5 },
  }));
}

function modelDrift(naming: Naming, { modelDrift: gates }: RuleNumbers): readonly Draft[] {
  const by = listed(SCOPE, naming);
  const model = naming.label(genAi.responseModel);
  const calls = deltaPerMinute(RECORDED.calls);
  const hours = deltaPerHour(RECORDED.calls);
  const named = `${model}!=""`;
  const recent = `sum by (${by}, ${model}) (sum_over_time(${calls}{${named}}[1h]))`;
  const share = `${recent} / on (${by}) group_left () sum by (${by}) (sum_over_time(${calls}[1h]))`;
  const known = `sum by (${by}, ${model}) (sum_over_time(${hours}{${named}}[7d] offset 2h)) > 0`;
  const isOldFeature = `sum by (${by}) (sum_over_time(${hours}[7d] offset 2h)) > 0`;
  return [
    {
      alert: 'TokenmeterModelDrift',
      expr: `(${share} >= ${gates.minimumShare} and ${recent} >= ${gates.minimumCalls} unless ${known}) and on (${by}) (${isOldFeature})`,
      for: '5m',
      severity: 'warning',
      summary: `${subject(naming)} is answered by {{ index $labels "${naming.legend(genAi.responseModel)}" }}, which it did not use in the last week`,
      description: `{{ $value | humanizePercentage }} of the calls of the last hour. A fallback, a changed alias, or a deployment.`,
      runbook: 'model-drift',
      panel: { board: BOARD_UIDS.article, id: 6 },
    },
  ];
}

function budget(): readonly Draft[] {
  const spent = (window: string): string =>
    `sum(sum_over_time(${deltaPerMinute(RECORDED.cost)}[${window}]))`;
  const burn = (window: string, hours: number, factor: number): string =>
    `${spent(window)} * ${HOURS_PER_MONTH / hours} > ${factor} * max(${BUDGET})`;
  const draft = (
    alert: string,
    severity: AlertSeverity,
    expr: string,
    description: string,
  ): Draft => ({
    alert,
    expr,
    for: '5m',
    severity,
    summary: 'The month’s budget for language models is burning too fast',
    description,
    runbook: 'budget',
    panel: { board: BOARD_UIDS.spend, id: 4 },
  });
  return [
    draft(
      'TokenmeterBudgetBurnFast',
      'critical',
      `${burn('1h', 1, 10)} and ${burn('5m', 1 / 12, 10)}`,
      'At the pace of the last hour the whole month’s budget is gone in three days ({{ $value | humanize }} USD a month).',
    ),
    draft(
      'TokenmeterBudgetBurnSlow',
      'warning',
      `${burn('1d', 24, 1.5)} and ${burn('2h', 2, 1.5)}`,
      'The last day’s pace spends half as much again as the month’s budget ({{ $value | humanize }} USD a month).',
    ),
  ];
}

function pipeline(naming: Naming, numbers: RuleNumbers): readonly Draft[] {
  const origin = listed(ORIGIN, naming);
  const service = `{{ index $labels "${naming.legend(ORIGIN[0] ?? '')}" }}`;
  const sum = (counter: RecordedCounter): string =>
    `sum by (${origin}) (sum_over_time(${deltaPerMinute(counter)}[1h]))`;
  const { unpriced, calls, recognised, metered } = RECORDED;
  const calledIn = (window: string): string =>
    `group by (${origin}) (last_over_time(${deltaPerMinute(calls)}${window}))`;
  return [
    {
      alert: 'TokenmeterUnpriced',
      expr: `${sum(unpriced)} / ${sum(calls)} > ${numbers.unpriced.maximumShare} and ${sum(unpriced)} >= ${numbers.unpriced.minimumCalls}`,
      for: '10m',
      severity: 'warning',
      summary: `${service} makes calls that have no price`,
      description:
        '{{ $value | humanizePercentage }} of the calls of the last hour are missing in every amount of money.',
      runbook: 'unpriced',
      panel: pipelinePanel(5),
    },
    {
      alert: 'TokenmeterCoverage',
      expr: `1 - ${sum(metered)} / (${sum(recognised)} >= 20) > ${numbers.coverage.maximumLoss}`,
      for: '15m',
      severity: 'warning',
      summary: `${service} makes calls that are recognised and not metered`,
      description: '{{ $value | humanizePercentage }} of the requests of the last hour were lost.',
      runbook: 'coverage',
      panel: pipelinePanel(4),
    },
    {
      alert: 'TokenmeterPipelineGap',
      expr: `${calledIn('[6h] offset 15m')} unless ${calledIn('[15m]')}`,
      for: '5m',
      severity: 'warning',
      summary: `${service} reports nothing any more`,
      description:
        'Its counters came within the last six hours and not in the last 15 minutes. Nothing is known of its spend: that is not zero.',
      runbook: 'pipeline-gap',
      panel: pipelinePanel(6),
    },
  ];
}

/** The worker's own figures are scraped, so their names have underscores whatever the store does to OTLP. */
function worker(): readonly Draft[] {
  const evaluations = prometheusName(WORKER_METRICS.evaluations);
  const failedReads = prometheusName(WORKER_METRICS.failedReads);
  const draft = {
    severity: 'critical',
    runbook: 'pipeline-gap',
  } as const;
  return [
    {
      ...draft,
      alert: 'TokenmeterWorkerDead',
      panel: pipelinePanel(11),
      expr: `group by (source) (last_over_time(${evaluations}[1d])) unless group by (source) (increase(${evaluations}[10m]) > 0)`,
      for: '5m',
      summary: 'Tokenmeter’s worker for {{ $labels.source }} evaluates nothing any more',
      description: 'No evaluation in ten minutes: nobody is told of anything until it runs again.',
    },
    {
      ...draft,
      alert: 'TokenmeterWorkerBlind',
      panel: pipelinePanel(10),
      expr: `sum by (source) (increase(${failedReads}[5m])) > 0`,
      for: '5m',
      summary: 'Tokenmeter’s worker cannot read {{ $labels.source }}',
      description: '{{ $value | humanize }} failed reads in five minutes.',
    },
  ];
}

function pipelinePanel(id: number): PanelPlace {
  return { board: BOARD_UIDS.pipeline, id };
}

function subject(naming: Naming): string {
  return `{{ index $labels "${naming.legend(tokenmeter.feature)}" }}`;
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}

function capitalised(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
