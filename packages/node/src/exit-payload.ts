import type { MetricPoint } from '@tokenmeter/instrumentation';

/** An attribute value that we export. */
type Value = string | number | boolean | readonly string[];

/** What the payload of an exit export is made of. */
export interface ExitExport {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: { readonly name: string; readonly version: string };
  readonly points: readonly MetricPoint[];
  readonly startEpochMs: number;
  readonly endEpochMs: number;
}

interface Series {
  readonly point: MetricPoint;
  sum: number;
}

/**
 * Renders counters as an OTLP/JSON metrics request: cumulative sums of their own instance. Histograms are left out, they
 * hold no money.
 */
export function renderExitPayload(input: ExitExport): string {
  const times = {
    startTimeUnixNano: nanos(input.startEpochMs),
    timeUnixNano: nanos(input.endEpochMs),
  };
  const metrics = [...seriesByMetric(input.points).values()].map((series) =>
    metricOf(series, times),
  );
  return JSON.stringify({
    resourceMetrics: [
      {
        resource: { attributes: keyValues(input.resource) },
        scopeMetrics: [{ scope: input.scope, metrics }],
      },
    ],
  });
}

function seriesByMetric(points: readonly MetricPoint[]): ReadonlyMap<string, readonly Series[]> {
  const metrics = new Map<string, Map<string, Series>>();
  for (const point of points) {
    if (point.spec.kind !== 'counter') continue;
    const series = metrics.get(point.spec.name) ?? new Map<string, Series>();
    metrics.set(point.spec.name, series);
    const key = JSON.stringify(Object.entries(point.attributes).toSorted());
    const known = series.get(key) ?? { point, sum: 0 };
    known.sum += point.value;
    series.set(key, known);
  }
  return new Map([...metrics].map(([name, series]) => [name, [...series.values()]]));
}

function metricOf(series: readonly Series[], times: object): object {
  const spec = series[0]?.point.spec;
  const dataPoints = series.map(({ point, sum }) => ({
    ...times,
    attributes: keyValues(point.attributes),
    ...(spec?.valueType === 'int' ? { asInt: String(sum) } : { asDouble: sum }),
  }));
  return {
    name: spec?.name,
    description: spec?.description,
    unit: spec?.unit,
    // 2 is cumulative.
    sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints },
  };
}

function keyValues(attributes: Readonly<Record<string, unknown>>): readonly object[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    isValue(value) ? [{ key, value: anyValue(value) }] : [],
  );
}

function isValue(value: unknown): value is Value {
  return ['string', 'number', 'boolean'].includes(typeof value) || Array.isArray(value);
}

function anyValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value !== 'number') {
    return { arrayValue: { values: value.map((item) => ({ stringValue: String(item) })) } };
  }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function nanos(epochMs: number): string {
  return `${BigInt(Math.round(epochMs * 1000)) * 1000n}`;
}
