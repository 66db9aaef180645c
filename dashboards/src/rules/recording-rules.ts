import { CALL_COST, genAi, tokenmeter } from '@tokenmeter/semconv';
import type { Naming } from '../naming.ts';
import {
  deltaPerHour,
  deltaPerMinute,
  lastSeen,
  ORIGIN,
  RECORDED,
  type RecordedCounter,
} from './recorded.ts';
import type { RecordingRule, RuleGroup } from './rule-group.ts';
import type { RuleNumbers } from './rule-numbers.ts';

/** Pushes arrive within two minutes of the sample; what comes later is missing in the recorded series. */
const OFFSET = '2m';

/** Spans of the look-back: between samples as they are, beyond it from the checkpoints, up to a day of silence. */
const LOOK_BACK = '15m';
const LONGEST_SILENCE = '1d';

/** Calls in half an hour, by service, environment and feature. */
export const CALLS_30M = 'tokenmeter:calls:30m';

/** The same at this time of the week, as the median of up to four weeks. */
export const CALLS_30M_EXPECTED = 'tokenmeter:calls:30m_expected';

/** USD of one call, over an hour with at least 20 calls. */
export const COST_PER_CALL = 'tokenmeter:cost_usd:per_call_1h';

/** Hits among the calls that say whether their prompt was cached, over an hour with at least 50 of them. */
export const CACHE_HIT_RATIO = 'tokenmeter:calls:cache_hit_ratio_1h';

/** USD for a calendar month, recorded only where a budget is configured. */
export const BUDGET = 'tokenmeter:budget_usd:month';

/** Calls of five minutes by what they cost at most (`le`), for quantiles: raw buckets of a day are too many to read. */
export const CALL_COST_BUCKETS = 'tokenmeter:call_cost_usd_bucket:delta5m';

/** Labels of everything that a rule judges. */
export const SCOPE: readonly string[] = [...ORIGIN, 'tokenmeter.feature'];

/** All recording rules, in the order in which they build on each other. */
export function recordingRules(
  naming: Naming,
  { monthlyBudgetUsd }: Pick<RuleNumbers, 'monthlyBudgetUsd'> = {},
): readonly RuleGroup<RecordingRule>[] {
  const counters = Object.values(RECORDED);
  return [
    {
      name: 'tokenmeter-checkpoints',
      interval: '10m',
      queryOffset: OFFSET,
      rules: counters.map((counter) => checkpoint(counter, naming)),
    },
    {
      name: 'tokenmeter-minutes',
      interval: '1m',
      queryOffset: OFFSET,
      rules: counters.map((counter) => minuteDelta(counter, naming)),
    },
    { name: 'tokenmeter-hours', interval: '1h', queryOffset: '5m', rules: counters.map(hourDelta) },
    {
      name: 'tokenmeter-call-cost',
      interval: '5m',
      queryOffset: OFFSET,
      rules: [callCostBuckets(naming)],
    },
    // Read as they are now: with its offset the newest must be within the five minutes that a query looks back.
    { name: 'tokenmeter-windows', interval: '1m', queryOffset: '3m', rules: windows(naming) },
    ...(monthlyBudgetUsd === undefined ? [] : [budget(monthlyBudgetUsd)]),
  ];
}

function checkpoint(counter: RecordedCounter, naming: Naming): RecordingRule {
  return {
    record: lastSeen(counter),
    expr: `last_over_time(${naming.select(counter.spec)}[10m])`,
  };
}

/**
 * What each raw series gained in the minute, summed afterwards: a series that was not seen for a day began at zero, one
 * that fell began again. `increase()` would lose every first value.
 */
function minuteDelta(counter: RecordedCounter, naming: Naming): RecordingRule {
  const series = naming.select(counter.spec);
  const now = `last_over_time(${series}[1m])`;
  const before = `(last_over_time(${series}[${LOOK_BACK}] offset 1m) or last_over_time(${lastSeen(counter)}[${LONGEST_SILENCE}] offset 1m))`;
  return {
    record: deltaPerMinute(counter),
    expr: `sum by (${listed(counter.attributes, naming)}) ((${now} - ${before} >= 0) or ${now})`,
  };
}

function hourDelta(counter: RecordedCounter): RecordingRule {
  return {
    record: deltaPerHour(counter),
    expr: `sum_over_time(${deltaPerMinute(counter)}[1h])`,
  };
}

/** As minute deltas are made, without checkpoints: a series that was silent for an hour counts as new. */
function callCostBuckets(naming: Naming): RecordingRule {
  const buckets = naming.select(CALL_COST, '', '_bucket');
  const by = listed(
    [...ORIGIN, genAi.providerName, genAi.requestModel, tokenmeter.feature],
    naming,
  );
  const now = `last_over_time(${buckets}[5m])`;
  const before = `last_over_time(${buckets}[1h] offset 5m)`;
  return {
    record: CALL_COST_BUCKETS,
    expr: `sum by (le, ${by}) ((${now} - ${before} >= 0) or ${now})`,
  };
}

function budget(monthlyBudgetUsd: number): RuleGroup<RecordingRule> {
  return {
    name: 'tokenmeter-budget-limit',
    interval: '1m',
    rules: [{ record: BUDGET, expr: `vector(${monthlyBudgetUsd})` }],
  };
}

function windows(naming: Naming): readonly RecordingRule[] {
  const by = listed(SCOPE, naming);
  const { cost, calls } = RECORDED;
  const perHour = (counter: RecordedCounter, matchers = ''): string =>
    `sum by (${by}) (sum_over_time(${deltaPerMinute(counter)}${matchers}[1h]))`;
  const cache = (values: string): string =>
    perHour(calls, `{${naming.label('tokenmeter.cache')}=~"${values}"}`);
  const weeks = ['1w', '2w', '3w', '4w'].map(
    (week) => `label_replace(${CALLS_30M} offset ${week}, "week", "${week}", "", "")`,
  );
  return [
    {
      record: CALLS_30M,
      expr: `sum by (${by}) (sum_over_time(${deltaPerMinute(calls)}[30m]))`,
    },
    {
      record: CALLS_30M_EXPECTED,
      expr: `quantile by (${by}) (0.5, ${weeks.join(' or ')})`,
    },
    { record: COST_PER_CALL, expr: `${perHour(cost)} / (${perHour(calls)} >= 20)` },
    {
      record: CACHE_HIT_RATIO,
      expr: `(${cache('hit')} or 0 * ${cache('hit|miss')}) / (${cache('hit|miss')} >= 50)`,
    },
  ];
}

/** Attributes as the list of a grouping. */
export function listed(attributes: readonly string[], naming: Naming): string {
  return attributes.map((attribute) => naming.label(attribute)).join(', ');
}
