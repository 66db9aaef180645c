import { createRequire } from 'node:module';
import { metrics, trace } from '@opentelemetry/api';
import { createResource } from './create-resource.ts';
import { loadSdk } from './load-sdk.ts';
import type { Telemetry } from './start-telemetry.ts';
import type { TelemetryPlan } from './telemetry-plan.ts';

const require = createRequire(import.meta.url);

/** The variable that `NodeSDK` reads itself. */
const INTERVAL = 'OTEL_METRIC_EXPORT_INTERVAL';

/**
 * Starts OpenTelemetry's own `NodeSDK`, globally, for what we do not build ourselves: gRPC, Prometheus, Zipkin, a
 * configuration file. Its exporters may hold the end of a program for longer than ours.
 */
export function startNodeSdk(
  plan: TelemetryPlan,
  env: Record<string, string | undefined>,
): Telemetry {
  const { NodeSDK }: typeof import('@opentelemetry/sdk-node') = require('@opentelemetry/sdk-node');
  const isIntervalSet = env[INTERVAL] !== undefined;
  if (!isIntervalSet) env[INTERVAL] = String(plan.exportIntervalMs);
  const resource = createResource(loadSdk());
  try {
    const sdk = new NodeSDK({
      resource,
      autoDetectResources: false,
      logRecordProcessors: [],
      textMapPropagator: null,
    });
    sdk.start();
  } finally {
    if (!isIntervalSet) delete env[INTERVAL];
  }
  const tracerProvider = trace.getTracerProvider();
  const meterProvider = metrics.getMeterProvider();
  const inner: unknown = Reflect.get(tracerProvider, 'getDelegate');
  const delegate: unknown =
    typeof inner === 'function' ? Reflect.apply(inner, tracerProvider, []) : tracerProvider;
  return {
    tracerProvider,
    meterProvider,
    resourceAttributes: () => resource.attributes,
    flush: (deadlineMs) => flushWithin(deadlineMs, [delegate, meterProvider]),
  };
}

async function flushWithin(deadlineMs: number, providers: readonly unknown[]): Promise<void> {
  const flushes = providers.map(async (provider) => {
    const forceFlush: unknown =
      typeof provider === 'object' && provider !== null
        ? Reflect.get(provider, 'forceFlush')
        : undefined;
    if (typeof forceFlush === 'function') await Reflect.apply(forceFlush, provider, []);
  });
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs);
  });
  await Promise.race([Promise.allSettled(flushes), tooLate]);
  clearTimeout(timer);
}
