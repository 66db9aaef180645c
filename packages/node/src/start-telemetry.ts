import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { MetricReader, PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { createResource } from './create-resource.ts';
import { createSampler } from './create-sampler.ts';
import { type LoadedSdk, loadSdk, loadSerializers, serializeWith } from './load-sdk.ts';
import { metricTemporality } from './metric-temporality.ts';
import { createMetricExporter, createSpanExporter } from './otlp-exporters.ts';
import { OtlpSender } from './otlp-sender.ts';
import type { Env, OtlpSettings } from './otlp-settings.ts';
import type { TelemetryPlan } from './telemetry-plan.ts';

/** Attribute sets per metric before the SDK folds further ones together; our own caps come first. */
const SERIES_LIMIT = 10_000;

/** Providers that export, and the means to bring out what they hold. */
export interface Telemetry {
  readonly meterProvider: MeterProvider;
  readonly tracerProvider: TracerProvider;
  /** What describes this process, for exports beside the providers. */
  resourceAttributes(): Readonly<Record<string, unknown>>;
  /** Exports everything recorded so far; settles by the deadline, whatever the receiver does. Never rejects. */
  flush(deadlineMs: number): Promise<void>;
}

/** Is told when counters are read for an export, and how the export ended. */
export interface MetricExports {
  collected(): void;
  exported(isSent: boolean): void;
}

/** Starts the SDK as planned. It stays private: nothing is registered with the OpenTelemetry API. */
export function startTelemetry(plan: TelemetryPlan, env: Env, exports: MetricExports): Telemetry {
  const sdk = loadSdk();
  const resource = createResource(sdk);
  const senders: OtlpSender[] = [];
  const sender = (settings: OtlpSettings): OtlpSender => {
    const created = new OtlpSender(settings);
    senders.push(created);
    return created;
  };
  const sampler = createSampler(env, sdk.trace);
  const meterProvider = new sdk.metrics.MeterProvider({
    resource,
    readers: createReaders(plan, env, { sdk, sender, exports }),
    views: [{ instrumentName: '*', aggregationCardinalityLimit: SERIES_LIMIT }],
  });
  const tracerProvider = new sdk.trace.TracerProvider({
    resource,
    spanProcessors: createProcessors(plan, env, { sdk, sender, exports }),
    ...(sampler === undefined ? {} : { sampler }),
  });
  return {
    meterProvider,
    tracerProvider,
    resourceAttributes: () => resource.attributes,
    flush: (deadlineMs) => flushAll([meterProvider, tracerProvider], senders, deadlineMs),
  };
}

interface Parts {
  readonly sdk: LoadedSdk;
  sender(settings: OtlpSettings): OtlpSender;
  readonly exports: MetricExports;
}

function createReaders(plan: TelemetryPlan, env: Env, parts: Parts): MetricReader[] {
  const { ConsoleMetricExporter, PeriodicExportingMetricReader } = parts.sdk.metrics;
  const timing = {
    exportIntervalMillis: plan.exportIntervalMs,
    exportTimeoutMillis: plan.exportTimeoutMs,
  };
  return plan.metrics.map((target) => {
    if (target.kind === 'console') {
      return new PeriodicExportingMetricReader({
        exporter: new ConsoleMetricExporter(),
        ...timing,
      });
    }
    const exporter = createOtlpMetricExporter(target.settings, env, parts);
    const reader = new PeriodicExportingMetricReader({ exporter, ...timing });
    const collect = reader.collect.bind(reader);
    reader.collect = (options) => {
      parts.exports.collected();
      return collect(options);
    };
    return reader;
  });
}

function createOtlpMetricExporter(
  settings: OtlpSettings,
  env: Env,
  { sender, exports }: Parts,
): PushMetricExporter {
  const serializers = loadSerializers();
  const serializer =
    settings.encoding === 'json'
      ? serializers.JsonMetricsSerializer
      : serializers.ProtobufMetricsSerializer;
  const temporality = metricTemporality(env.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE);
  const exporter = createMetricExporter(
    sender(settings),
    serializeWith<ResourceMetrics>(serializer),
    temporality,
  );
  return {
    ...exporter,
    export: (metrics, done) =>
      exporter.export(metrics, (result) => {
        exports.exported(result.code === 0);
        done(result);
      }),
  };
}

function createProcessors(plan: TelemetryPlan, env: Env, { sdk, sender }: Parts): SpanProcessor[] {
  return plan.traces.map((target) => {
    if (target.kind === 'console') {
      return new sdk.trace.SimpleSpanProcessor({ exporter: new sdk.trace.ConsoleSpanExporter() });
    }
    const serializers = loadSerializers();
    const serializer =
      target.settings.encoding === 'json'
        ? serializers.JsonTraceSerializer
        : serializers.ProtobufTraceSerializer;
    return new sdk.trace.BatchSpanProcessor({
      exporter: createSpanExporter(
        sender(target.settings),
        serializeWith<ReadableSpan[]>(serializer),
      ),
      ...number('maxQueueSize', env.OTEL_BSP_MAX_QUEUE_SIZE),
      ...number('maxExportBatchSize', env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE),
      ...number('scheduledDelayMillis', env.OTEL_BSP_SCHEDULE_DELAY),
      ...number('exportTimeoutMillis', env.OTEL_BSP_EXPORT_TIMEOUT),
    });
  });
}

async function flushAll(
  providers: readonly { forceFlush(): Promise<void> }[],
  senders: readonly OtlpSender[],
  deadlineMs: number,
): Promise<void> {
  for (const sender of senders) sender.hurry(Date.now() + deadlineMs);
  // The one referenced timer of this package: it holds the process while, and only while, the flush runs.
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs);
  });
  const flushes = providers.map((provider) => provider.forceFlush().catch(() => undefined));
  await Promise.race([Promise.all(flushes), tooLate]);
  clearTimeout(timer);
  for (const sender of senders) {
    sender.abandon();
    sender.relax();
  }
}

function number<K extends string>(
  key: K,
  text: string | undefined,
): { readonly [P in K]?: number } {
  const fields: { [P in K]?: number } = {};
  const value = Number(text?.trim() || Number.NaN);
  if (Number.isInteger(value) && value > 0) fields[key] = value;
  return fields;
}
