import {
  AggregationTemporality,
  type DataPoint,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { MeteredCall } from './call-sink.ts';
import type { TokenmeterConfig } from './tokenmeter-config.ts';
import { TokenmeterInstrumentation } from './tokenmeter-instrumentation.ts';

/** A metering instrumentation whose telemetry stays in memory. */
export interface TestTelemetry extends Disposable {
  readonly instrumentation: TokenmeterInstrumentation;
  readonly calls: readonly MeteredCall[];
  readonly tracerProvider: TracerProvider;
  spans(): readonly ReadableSpan[];
  /** Sum over all points of a counter whose attributes match. */
  total(metric: string, match?: Readonly<Record<string, unknown>>): Promise<number>;
  points(metric: string): Promise<readonly DataPoint<unknown>[]>;
  /** Resolves once so many calls were metered. */
  metered(count: number): Promise<readonly MeteredCall[]>;
}

/** Starts to meter this process into memory. */
export function startTelemetry(config: TokenmeterConfig = {}, sampler?: Sampler): TestTelemetry {
  const spanExporter = new InMemorySpanExporter();
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter,
    exportIntervalMillis: 2 ** 31 - 1,
  });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const tracerProvider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })],
    ...(sampler === undefined ? {} : { sampler }),
  });
  const calls: MeteredCall[] = [];
  const instrumentation = new TokenmeterInstrumentation({
    ...config,
    onCall: (call) => {
      calls.push(call);
      config.onCall?.(call);
    },
  });
  instrumentation.setTracerProvider(tracerProvider);
  instrumentation.setMeterProvider(meterProvider);
  const points = async (metric: string): Promise<readonly DataPoint<unknown>[]> => {
    metricExporter.reset();
    await reader.forceFlush();
    return metricExporter
      .getMetrics()
      .flatMap((resource) => resource.scopeMetrics)
      .flatMap((scope) => scope.metrics)
      .filter((data) => data.descriptor.name === metric)
      .flatMap((data): readonly DataPoint<unknown>[] => data.dataPoints);
  };
  return {
    instrumentation,
    calls,
    tracerProvider,
    spans: () => spanExporter.getFinishedSpans(),
    points,
    async total(metric, match = {}) {
      let sum = 0;
      for (const { value, attributes } of await points(metric)) {
        const fits = Object.entries(match).every(([key, want]) => attributes[key] === want);
        if (fits && typeof value === 'number') sum += value;
      }
      return sum;
    },
    async metered(count) {
      const deadline = Date.now() + 60_000;
      while (calls.length < count && Date.now() < deadline) {
        await new Promise((resolve) => {
          setTimeout(resolve, 5);
        });
      }
      return calls;
    },
    [Symbol.dispose]: () => instrumentation.disable(),
  };
}
