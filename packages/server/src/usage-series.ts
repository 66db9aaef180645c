import {
  CALLS,
  COST,
  genAi,
  general,
  METERED,
  type MetricSpec,
  RECOGNISED,
  TOKENS,
  tokenmeter,
  UNATTRIBUTED,
  UNPRICED,
} from '@tokenmeter/semconv';
import type { Attributes } from './received-telemetry.ts';

/** What a usage series counts. `cost` is in pico-USD. */
export type UsageMeasure = 'calls' | 'tokens' | 'cost' | 'unpriced' | 'recognised' | 'metered';

/** The money counters and the self-metrics that the ledger reads, by metric name. */
export const MEASURES: ReadonlyMap<string, UsageMeasure> = new Map(
  (
    [
      [CALLS, 'calls'],
      [TOKENS, 'tokens'],
      [COST, 'cost'],
      [UNPRICED, 'unpriced'],
      [RECOGNISED, 'recognised'],
      [METERED, 'metered'],
    ] as const
  ).map(([spec, measure]: readonly [MetricSpec, UsageMeasure]) => [spec.name, measure]),
);

/** Columns of `usage_series` after its id, in the order of the table. */
export const SERIES_COLUMNS = [
  'measure',
  'origin',
  'seeded',
  'service',
  'environment',
  'feature',
  'team',
  'route',
  'provider',
  'operation',
  'request_model',
  'response_model',
  'prompt_version',
  'agent',
  'outcome',
  'cache',
  'retry',
  'token_class',
  'cost_class',
  'cost_source',
  'reason',
] as const;

/** Values of a usage series along `SERIES_COLUMNS`; empty text stands for absent. */
export type UsageSeries = readonly string[];

type Column = (typeof SERIES_COLUMNS)[number];

/** Text of an attribute; empty when absent. */
export function textOf(attributes: Attributes, key: string): string {
  const value = attributes.get(key);
  return value === undefined ? '' : String(value);
}

function flagOf(value: string): string {
  if (value === '') return '';
  return value === 'false' || value === '0' || value === 'none' ? 'false' : 'true';
}

/** True when the resource says that its data was made up to fill a history. */
export function isSeeded(resource: Attributes): boolean {
  return textOf(resource, tokenmeter.seeded) === 'true';
}

/** The dimensions that calls and counters share. */
export function sharedDimensions(
  attributes: Attributes,
  resource: Attributes,
): Readonly<Partial<Record<Column, string>>> {
  const environment =
    textOf(resource, general.deploymentEnvironmentName) ||
    textOf(resource, 'deployment.environment');
  return {
    seeded: String(isSeeded(resource)),
    service: textOf(resource, general.serviceName) || 'unknown_service',
    environment,
    feature: textOf(attributes, tokenmeter.feature) || UNATTRIBUTED,
    team: textOf(attributes, tokenmeter.team),
    route: textOf(attributes, general.httpRoute),
    provider: textOf(attributes, genAi.providerName) || 'unknown',
    operation: textOf(attributes, genAi.operationName),
    request_model: textOf(attributes, genAi.requestModel),
    response_model: textOf(attributes, genAi.responseModel),
    prompt_version: textOf(attributes, genAi.promptVersion),
    agent: textOf(attributes, genAi.agentName),
  };
}

/** Lines values up along `SERIES_COLUMNS`. */
export function createUsageSeries(values: Readonly<Partial<Record<Column, string>>>): UsageSeries {
  return SERIES_COLUMNS.map((column) => values[column] ?? '');
}

/** The usage series that a counter's points belong to. */
export function describeCounterSeries(
  measure: UsageMeasure,
  attributes: Attributes,
  resource: Attributes,
): UsageSeries {
  return createUsageSeries({
    ...sharedDimensions(attributes, resource),
    measure,
    origin: 'counter',
    outcome: textOf(attributes, tokenmeter.outcome),
    cache: textOf(attributes, tokenmeter.cache),
    retry: flagOf(textOf(attributes, tokenmeter.retry)),
    token_class: textOf(attributes, tokenmeter.tokenClass),
    cost_class: textOf(attributes, tokenmeter.costClass),
    cost_source: textOf(attributes, tokenmeter.costSource),
    reason: textOf(attributes, tokenmeter.reason),
  });
}
