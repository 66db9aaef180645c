import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api';
import type {
  AggregationTemporality,
  DataPointType,
  MetricData,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import {
  INSTRUMENTATION_NAME,
  INSTRUMENTATION_VERSION,
} from '@tokenmeter/instrumentation/start-up';
import { hrTime } from './hr-time.ts';
import type { MetricSeries, Series } from './metric-state.ts';

/** Values of the SDK's enums, which a type-only import cannot reach. */
const HISTOGRAM: DataPointType.HISTOGRAM = 0;
const GAUGE: DataPointType.GAUGE = 2;
const SUM: DataPointType.SUM = 3;
const DELTA: AggregationTemporality = 0;
const CUMULATIVE: AggregationTemporality = 1;

/** What of a batch the serializers of OpenTelemetry read. */
export type SerializableMetrics = Pick<ResourceMetrics, 'scopeMetrics'> & {
  readonly resource: { readonly attributes: Readonly<Attributes> };
};

/** What an export is made of, beside its series. */
export interface MetricsExport {
  readonly resource: Readonly<Attributes>;
  readonly isDelta: boolean;
  readonly endEpochMs: number;
}

/** Series in the form of the SDK, which its OTLP serializers take. */
export function resourceMetrics(
  metrics: readonly MetricSeries[],
  { resource, isDelta, endEpochMs }: MetricsExport,
): SerializableMetrics {
  return {
    resource: { attributes: resource },
    scopeMetrics: [
      {
        scope: { name: INSTRUMENTATION_NAME, version: INSTRUMENTATION_VERSION },
        metrics: metrics.map((metric) =>
          metricData(metric, isDelta ? DELTA : CUMULATIVE, hrTime(endEpochMs)),
        ),
      },
    ],
  };
}

function metricData(
  { spec, series }: MetricSeries,
  aggregationTemporality: AggregationTemporality,
  endTime: HrTime,
): MetricData {
  const { name, description, unit } = spec;
  const valueType = spec.valueType === 'int' ? ValueType.INT : ValueType.DOUBLE;
  const common = { descriptor: { name, description, unit, valueType }, aggregationTemporality };
  const timed = ({ attributes, startEpochMs }: Series): TimedAttributes => ({
    startTime: hrTime(startEpochMs),
    endTime,
    attributes,
  });
  if (spec.kind !== 'histogram') {
    const dataPoints = series.map((each) => ({ ...timed(each), value: each.sum }));
    if (spec.kind === 'gauge') return { ...common, dataPointType: GAUGE, dataPoints };
    return { ...common, dataPointType: SUM, isMonotonic: true, dataPoints };
  }
  const boundaries = [...(spec.buckets ?? [])];
  const dataPoints = series.map((each) => ({
    ...timed(each),
    value: {
      buckets: { boundaries, counts: each.bucketCounts },
      sum: each.sum,
      count: each.count,
      min: each.min,
      max: each.max,
    },
  }));
  return { ...common, dataPointType: HISTOGRAM, dataPoints };
}

interface TimedAttributes {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly attributes: Attributes;
}
