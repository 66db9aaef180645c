import { type Attributes, type Context, diag } from '@opentelemetry/api';
import type { Sampler } from '@opentelemetry/sdk-trace';
import type { SpanDescription, TelemetryWriter } from '@tokenmeter/instrumentation';
import { type MetricSpec, PROBLEMS, tokenmeter } from '@tokenmeter/semconv';
import type { OnFailure } from './attempt.ts';
import { createSampler } from './create-sampler.ts';
import type { SpanBatch } from './finished-span.ts';
import { flushWithin } from './flush-within.ts';
import { JsonSpans } from './json-spans.ts';
import type { WrittenTelemetry } from './lazy-telemetry.ts';
import { loadSerializers, loadTraceSdk } from './load-sdk.ts';
import { MetricExports } from './metric-exports.ts';
import { type MetricSeries, MetricState } from './metric-state.ts';
import { isDeltaPreferred } from './metric-temporality.ts';
import { OtlpSender } from './otlp-sender.ts';
import type { Env, OtlpSettings } from './otlp-settings.ts';
import { positiveInteger } from './positive-integer.ts';
import { ProtobufSpans } from './protobuf-spans.ts';
import { resourceMetrics } from './resource-metrics.ts';
import { type ExitRequest, sendAtExit } from './send-at-exit.ts';
import { type BatchLimits, SpanExports } from './span-exports.ts';
import { placeSpan } from './span-place.ts';
import type { TelemetryPlan } from './telemetry-plan.ts';

/** What an OTLP telemetry needs beside its plan. */
interface OtlpParts {
  /** Attributes that describe this process; asked for at the first export. */
  readonly resource: () => Readonly<Attributes>;
  /** Runs before metrics are read: what waits must be recorded. */
  readonly beforeRead: () => void;
  /** Told of what keeps telemetry from being sent; may come with every export. */
  readonly onFailure: OnFailure;
}

/**
 * Starts the export over OTLP/HTTP of what metering alone produces: counters, histograms and finished client spans.
 *
 * No SDK stands between: measurements are summed and spans written as bytes when they come, which costs an application a
 * fraction. What the requests hold is what OpenTelemetry's SDK and serializers would have made of it.
 */
export function startOtlp(plan: TelemetryPlan, env: Env, parts: OtlpParts): WrittenTelemetry {
  const traces = settingsOf(plan.traces);
  const metrics = settingsOf(plan.metrics);
  const state = new MetricState();
  const metricExports =
    metrics && createMetricExports({ state, settings: metrics, plan }, env, parts);
  const spanExports = traces && createSpanExports({ state, settings: traces }, env, parts);
  const sampler = samplerOf(env);
  const senders = [metricExports?.sender, spanExports?.sender].filter((one) => one !== undefined);
  return {
    target: writerTo(state, {
      metrics: metricExports?.exports,
      spans: spanExports?.exports,
      sampler,
    }),
    flush: (deadlineMs) =>
      flushWithin(deadlineMs, senders, () => [
        // Reading the metrics finishes calls that wait, whose spans must go along.
        Promise.resolve(metricExports?.exports.flush()),
        Promise.resolve(spanExports?.exports.flush()),
      ]),
    flushNow: () => {
      const requests: ExitRequest[] = [];
      const body = metricExports?.exports.takeBody();
      if (metrics !== undefined && body !== undefined) requests.push({ settings: metrics, body });
      if (traces !== undefined) {
        const bodies = spanExports?.exports.takeBodies() ?? [];
        requests.push(...bodies.map((spans) => ({ settings: traces, body: spans })));
      }
      sendAtExit(requests);
    },
  };
}

function writerTo(
  state: MetricState,
  {
    metrics,
    spans,
    sampler,
  }: {
    readonly metrics: MetricExports | undefined;
    readonly spans: SpanExports | undefined;
    readonly sampler: Sampler | undefined;
  },
): TelemetryWriter {
  return {
    add: (spec: MetricSpec, value: number, attributes: Attributes) => {
      if (metrics === undefined) return;
      metrics.start();
      state.add(spec, value, attributes);
    },
    span: (description: SpanDescription, parent: Context) => {
      if (spans === undefined) return;
      const span = placeSpan(description, parent, sampler);
      if (span !== undefined) spans.add(span);
    },
  };
}

function settingsOf(targets: TelemetryPlan['traces']): OtlpSettings | undefined {
  const target = targets.find(({ kind }) => kind === 'otlp');
  return target?.kind === 'otlp' ? target.settings : undefined;
}

interface MetricParts {
  readonly state: MetricState;
  readonly settings: OtlpSettings;
  readonly plan: TelemetryPlan;
}

function createMetricExports(
  { state, settings, plan }: MetricParts,
  env: Env,
  { resource, beforeRead, onFailure }: OtlpParts,
): { readonly exports: MetricExports; readonly sender: OtlpSender } {
  const timeoutMs = Math.min(settings.timeoutMs, plan.exportTimeoutMs);
  const sender = new OtlpSender({ ...settings, timeoutMs }, onFailure);
  const isDelta = isDeltaPreferred(env.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE);
  const render = (metrics: readonly MetricSeries[], endEpochMs: number): Uint8Array => {
    const serializers = loadSerializers();
    const { serializeRequest } =
      settings.encoding === 'json'
        ? serializers.JsonMetricsSerializer
        : serializers.ProtobufMetricsSerializer;
    const batch = resourceMetrics(metrics, { resource: resource(), isDelta, endEpochMs });
    return serializeRequest(batch) ?? new Uint8Array(0);
  };
  const options = {
    intervalMs: plan.exportIntervalMs,
    isDelta,
    beforeRead,
    render,
    onFailure,
  };
  return { exports: new MetricExports(state, sender, options), sender };
}

function createSpanExports(
  { state, settings }: Omit<MetricParts, 'plan'>,
  env: Env,
  { resource, onFailure }: OtlpParts,
): { readonly exports: SpanExports; readonly sender: OtlpSender } {
  const timeoutMs = positiveInteger(env.OTEL_BSP_EXPORT_TIMEOUT) ?? settings.timeoutMs;
  const sender = new OtlpSender(
    { ...settings, timeoutMs: Math.min(settings.timeoutMs, timeoutMs) },
    onFailure,
  );
  const onDropped = (spans: number): void => {
    diag.warn(`tokenmeter: ${spans} spans dropped: OTEL_BSP_MAX_QUEUE_SIZE of them wait already`);
    state.add(PROBLEMS, spans, { [tokenmeter.problem]: 'span_dropped' });
  };
  const exports = new SpanExports(batchFor(settings, resource), sender, {
    limits: batchLimits(env),
    onDropped,
    onFailure,
  });
  return { exports, sender };
}

function batchFor(settings: OtlpSettings, resource: () => Readonly<Attributes>): SpanBatch {
  if (settings.encoding === 'protobuf') return new ProtobufSpans(resource);
  return new JsonSpans(
    resource,
    (spans) => loadSerializers().JsonTraceSerializer.serializeRequest(spans) ?? new Uint8Array(0),
  );
}

function batchLimits(env: Env): BatchLimits {
  const maxQueueSize = positiveInteger(env.OTEL_BSP_MAX_QUEUE_SIZE) ?? 2048;
  const batchSize = positiveInteger(env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE) ?? 512;
  return {
    maxQueueSize,
    maxExportBatchSize: Math.min(batchSize, maxQueueSize),
    scheduledDelayMs: positiveInteger(env.OTEL_BSP_SCHEDULE_DELAY) ?? 5000,
  };
}

/** The SDK's samplers are loaded only for those who chose one. */
function samplerOf(env: Env): Sampler | undefined {
  const name = env.OTEL_TRACES_SAMPLER?.trim() ?? '';
  return name === '' ? undefined : createSampler(env, loadTraceSdk());
}
