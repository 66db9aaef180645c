import type { AlertView, ApiProblem, Overview, SpendSeries, SpendTotal } from '@tokenmeter/server';
import { areNumbers, areTexts, type Fields, isFields, isListOf } from './fields.ts';

function isTotal(value: unknown): value is SpendTotal {
  const counts = ['calls', 'unpricedCalls', 'errorCalls'];
  const tokens = ['inputTokens', 'outputTokens', 'cacheReadTokens'];
  return isFields(value) && areNumbers(value, ['usd', ...counts, ...tokens]);
}

function isLastWeek(value: unknown): boolean {
  return (
    value === undefined || (isFields(value) && areNumbers(value, ['todayUsd', 'burnUsdPerHour']))
  );
}

function isMonth(value: unknown): boolean {
  return (
    isFields(value) &&
    areNumbers(value, ['usd', 'toEpochMs']) &&
    (value.budgetUsd === undefined || areNumbers(value, ['budgetUsd'])) &&
    (value.forecast === undefined ||
      (isFields(value.forecast) && areNumbers(value.forecast, ['low', 'mid', 'high'])))
  );
}

function isUnpricedModel(value: unknown): boolean {
  return isFields(value) && areTexts(value, ['model']) && areNumbers(value, ['calls']);
}

/** Tells whether an answer is an overview that the page can show. */
export function isOverview(value: unknown): value is Overview {
  return (
    isFields(value) &&
    areNumbers(value, ['nowEpochMs', 'burnUsdPerHour']) &&
    areTexts(value, ['timeZone']) &&
    isTotal(value.today) &&
    isTotal(value.thisHour) &&
    isMonth(value.month) &&
    isLastWeek(value.lastWeek) &&
    isFields(value.coverage) &&
    areNumbers(value.coverage, ['recognised', 'metered']) &&
    isListOf(value.unpricedModels, isUnpricedModel) &&
    isListOf(value.priceBookVersions, (item) => typeof item === 'string') &&
    typeof value.hasSeededData === 'boolean'
  );
}

function isAlert(value: unknown): value is AlertView {
  return (
    isFields(value) &&
    areTexts(value, ['incidentId', 'rule', 'severity', 'state', 'title', 'text']) &&
    areNumbers(value, ['startedEpochMs', 'updatedEpochMs', 'observed', 'usdPerHour']) &&
    isFields(value.labels) &&
    isFields(value.expected) &&
    areNumbers(value.expected, ['low', 'mid', 'high'])
  );
}

/** Tells whether an answer is a list of alerts that the page can show. */
export function isAlertList(value: unknown): value is readonly AlertView[] {
  return isListOf(value, isAlert);
}

function isNumberList(value: unknown, length: number): boolean {
  return isListOf(value, (item) => typeof item === 'number') && length === lengthOf(value);
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : -1;
}

function isKeyTotal(value: unknown): value is Fields {
  return (
    isFields(value) && areTexts(value, ['key']) && areNumbers(value, ['totalUsd', 'totalCalls'])
  );
}

/** Tells whether an answer is spend over time whose arrays all run along its times. */
export function isSpendSeries(value: unknown): value is SpendSeries {
  if (!isFields(value) || !areNumbers(value, ['fromEpochMs', 'stepSeconds'])) return false;
  const length = lengthOf(value.times);
  return (
    areTexts(value, ['groupBy']) &&
    isNumberList(value.times, length) &&
    (value.rest === undefined || isListOf(value.rest, isKeyTotal)) &&
    isListOf(
      value.series,
      (one) => isKeyTotal(one) && isNumberList(one.usd, length) && isNumberList(one.calls, length),
    )
  );
}

/** Tells whether an answer is a problem that says what to do about it. */
export function isApiProblem(value: unknown): value is ApiProblem {
  return isFields(value) && areTexts(value, ['error']);
}
