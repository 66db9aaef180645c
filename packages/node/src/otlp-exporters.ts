import type {
  AggregationTemporality,
  InstrumentType,
  PushMetricExporter,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { OtlpSender } from './otlp-sender.ts';

/** What an exporter tells the SDK: 0 is success, 1 failure. */
interface ExportResult {
  readonly code: 0 | 1;
  readonly error?: Error;
}

/** Turns a batch into an OTLP body; undefined when it cannot. */
export type Serialize<T> = (batch: T) => Uint8Array | undefined;

/** Creates an exporter of spans. */
export function createSpanExporter(
  sender: OtlpSender,
  serialize: Serialize<ReadableSpan[]>,
): SpanExporter {
  return {
    export: (spans, done) => void exportBatch(sender, serialize, spans).then(done),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

/** Creates an exporter of metrics. */
export function createMetricExporter(
  sender: OtlpSender,
  serialize: Serialize<ResourceMetrics>,
  temporality: (instrument: InstrumentType) => AggregationTemporality,
): PushMetricExporter {
  return {
    export: (metrics, done) => void exportBatch(sender, serialize, metrics).then(done),
    selectAggregationTemporality: temporality,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

async function exportBatch<T>(
  sender: OtlpSender,
  serialize: Serialize<T>,
  batch: T,
): Promise<ExportResult> {
  try {
    const body = serialize(batch);
    if (body !== undefined && (await sender.send(body)) === 'sent') return { code: 0 };
    return { code: 1 };
  } catch (error) {
    return { code: 1, error: error instanceof Error ? error : new Error('export failed') };
  }
}
