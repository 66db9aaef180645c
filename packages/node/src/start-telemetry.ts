import type { Resource } from '@opentelemetry/resources';
import type { MetricReader, PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { OnFailure } from './attempt.ts';
import { createSampler } from './create-sampler.ts';
import { flushWithin } from './flush-within.ts';
import { type LoadedSdk, loadSdk, loadSerializers, serializeWith } from './load-sdk.ts';
import { metricTemporality } from './metric-temporality.ts';
import { createMetricExporter, createSpanExporter } from './otlp-exporters.ts';
import { OtlpSender } from './otlp-sender.ts';
import type { Env, OtlpSettings } from './otlp-settings.ts';
import { positiveInteger } from './positive-integer.ts';
import type { Providers, Telemetry } from './telemetry.ts';
import type { TelemetryPlan } from './telemetry-plan.ts';

/** Attribute sets per metric before the SDK folds further ones together; our own caps come first. */
const SERIES_LIMIT = 10_000;

/** An SDK with its providers. */
export interface SdkTelemetry extends Telemetry {
  readonly target: Providers;
}

/**
 * Starts OpenTelemetry's SDK as planned, for what an application itself writes and for the console. It stays private:
 * nothing is registered with the OpenTelemetry API.
 */
export function startTelemetry(
  plan: TelemetryPlan,
  env: Env,
  { resource, onFailure }: { readonly resource: Resource; readonly onFailure: OnFailure },
): SdkTelemetry {
  const sdk = loadSdk();
  const { readers, processors, senders } = createSdkParts(plan, env, { sdk, onFailure });
  const sampler = createSampler(env, sdk.trace);
  const meterProvider = new sdk.metrics.MeterProvider({
    resource,
    readers,
    views: [{ instrumentName: '*', aggregationCardinalityLimit: SERIES_LIMIT }],
  });
  const tracerProvider = new sdk.trace.TracerProvider({
    resource,
    spanProcessors: processors,
    ...(sampler === undefined ? {} : { sampler }),
  });
  return {
    target: { tracerProvider: () => tracerProvider, meterProvider: () => meterProvider },
    flush: (deadlineMs) =>
      flushWithin(deadlineMs, senders, () => [
        meterProvider.forceFlush(),
        tracerProvider.forceFlush(),
      ]),
    // Its exporters have no way to send within one turn.
    flushNow: () => undefined,
  };
}

/** What of a plan is ours to export, in the SDK's terms. */
export interface SdkParts {
  readonly readers: MetricReader[];
  readonly processors: SpanProcessor[];
  /** What to hurry, and to abandon, when the program ends. */
  readonly senders: readonly OtlpSender[];
}

/** Creates the readers and processors of a plan; none for a signal that is left to `NodeSDK`. */
export function createSdkParts(
  plan: TelemetryPlan,
  env: Env,
  { sdk, onFailure }: { readonly sdk: LoadedSdk; readonly onFailure: OnFailure },
): SdkParts {
  const senders: OtlpSender[] = [];
  const sender = (settings: OtlpSettings): OtlpSender => {
    const created = new OtlpSender(settings, onFailure);
    senders.push(created);
    return created;
  };
  const parts = { sdk, sender };
  return {
    readers: createReaders(plan, env, parts),
    processors: createProcessors(plan, env, parts),
    senders,
  };
}

interface Parts {
  readonly sdk: LoadedSdk;
  sender(settings: OtlpSettings): OtlpSender;
}

function createReaders(plan: TelemetryPlan, env: Env, parts: Parts): MetricReader[] {
  const { ConsoleMetricExporter, PeriodicExportingMetricReader } = parts.sdk.metrics;
  const timing = {
    exportIntervalMillis: plan.exportIntervalMs,
    // This reader demands that an export ends before the next one begins.
    exportTimeoutMillis: Math.min(plan.exportTimeoutMs, plan.exportIntervalMs),
  };
  return plan.metrics.map((target) => {
    if (target.kind === 'console') {
      return new PeriodicExportingMetricReader({
        exporter: new ConsoleMetricExporter(),
        ...timing,
      });
    }
    const exporter = createOtlpMetricExporter(target.settings, env, parts);
    return new PeriodicExportingMetricReader({ exporter, ...timing });
  });
}

function createOtlpMetricExporter(
  settings: OtlpSettings,
  env: Env,
  { sender }: Parts,
): PushMetricExporter {
  const serializers = loadSerializers();
  const serializer =
    settings.encoding === 'json'
      ? serializers.JsonMetricsSerializer
      : serializers.ProtobufMetricsSerializer;
  const temporality = metricTemporality(env.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE);
  return createMetricExporter(
    sender(settings),
    serializeWith<ResourceMetrics>(serializer),
    temporality,
  );
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

function number<K extends string>(
  key: K,
  text: string | undefined,
): { readonly [P in K]?: number } {
  const fields: { [P in K]?: number } = {};
  const value = positiveInteger(text);
  if (value !== undefined) fields[key] = value;
  return fields;
}
