import type { SinkPoint } from '@tokenmeter/testkit';
import {
  CALL_COST,
  CALLS,
  COST,
  GEN_AI_METRICS,
  LEGACY_GEN_AI_METRICS,
  METERED,
  METRIC_ATTRIBUTES,
  type MetricSpec,
  NO_USAGE,
  OVERFLOW,
  PRICES_DATE,
  PROBLEMS,
  RECOGNISED,
  TOKENS,
  UNPRICED,
} from '../../packages/semconv/src/index.ts';
import { checkAttributes } from './check-attributes.ts';

/** The setting `TOKENMETER_SEMCONV`. */
export type SemconvMode = 'latest' | 'legacy' | 'both' | 'off';

/** Our own metrics, which no mode changes. */
const OWN: readonly MetricSpec[] = [
  ...[CALLS, TOKENS, COST, UNPRICED, CALL_COST],
  ...[RECOGNISED, METERED, NO_USAGE, PROBLEMS, OVERFLOW, PRICES_DATE],
];
const LATEST = Object.values(GEN_AI_METRICS);
const LEGACY = Object.values(LEGACY_GEN_AI_METRICS);

/** The metrics that a mode declares, by name. */
export function declaredMetrics(mode: SemconvMode): ReadonlyMap<string, MetricSpec> {
  const conventions = { latest: LATEST, legacy: LEGACY, both: [...LATEST, ...LEGACY], off: [] };
  return new Map([...OWN, ...conventions[mode]].map((spec) => [spec.name, spec]));
}

/** What is wrong with one exported point, in words. */
export function checkPoint(
  point: SinkPoint,
  declared: ReadonlyMap<string, MetricSpec>,
  temporality: 'delta' | 'cumulative',
): readonly string[] {
  const spec = declared.get(point.metric);
  if (spec === undefined) return [`${point.metric} is not declared in this mode`];
  const problems = [
    ...checkShape(point, spec),
    ...checkAttributes(point.attributes, METRIC_ATTRIBUTES[spec.name] ?? {}),
  ];
  if (spec.kind !== 'gauge' && point.temporality !== temporality)
    problems.push(`temporality is ${point.temporality}`);
  if (hasHostWithoutPort(point)) problems.push('server.port is missing beside server.address');
  return problems.map((problem) => `${point.metric}: ${problem}`);
}

function checkShape(point: SinkPoint, spec: MetricSpec): readonly string[] {
  const kind = spec.kind === 'counter' ? 'sum' : spec.kind;
  const problems: string[] = [];
  if (point.unit !== spec.unit) problems.push(`unit is ${point.unit}, not ${spec.unit}`);
  if (point.description !== spec.description) problems.push('description is not the declared one');
  if (point.kind !== kind) problems.push(`it is a ${point.kind}, not a ${kind}`);
  if (kind === 'sum' && !point.isMonotonic) problems.push('it is not monotonic');
  if (!Number.isFinite(point.value) || point.value < 0) problems.push(`value is ${point.value}`);
  if (spec.valueType === 'int' && !Number.isSafeInteger(point.value)) {
    problems.push(`value is ${point.value}, which is no integer`);
  }
  const bounds = point.histogram?.bounds;
  if (JSON.stringify(bounds) !== JSON.stringify(spec.buckets)) {
    problems.push(`bounds are ${JSON.stringify(bounds)}`);
  }
  return problems;
}

function hasHostWithoutPort({ attributes }: SinkPoint): boolean {
  return attributes['server.address'] !== undefined && attributes['server.port'] === undefined;
}
