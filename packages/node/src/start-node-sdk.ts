import { createRequire } from 'node:module';
import { metrics, trace } from '@opentelemetry/api';
import type { OnFailure } from './attempt.ts';
import { createResource } from './create-resource.ts';
import { flushWithin } from './flush-within.ts';
import { loadSdk } from './load-sdk.ts';
import { createSdkParts, type SdkParts } from './start-telemetry.ts';
import type { Telemetry } from './telemetry.ts';
import type { TelemetryPlan } from './telemetry-plan.ts';

const require = createRequire(import.meta.url);

/** The variable that `NodeSDK` reads itself. */
const INTERVAL = 'OTEL_METRIC_EXPORT_INTERVAL';

/**
 * Starts OpenTelemetry's own `NodeSDK`, globally, for what we do not build ourselves: gRPC, Prometheus, Zipkin, a
 * configuration file. A signal that is only ours to export still goes through our exporters: its own may hold the end of a
 * program for longer.
 */
export function startNodeSdk(
  plan: TelemetryPlan,
  env: Record<string, string | undefined>,
  onFailure: OnFailure,
): Telemetry {
  const nodeSdk: NodeSdkPackage = require('@opentelemetry/sdk-node');
  const parts = plan.hasConfigFile
    ? NO_PARTS
    : createSdkParts(plan, env, { sdk: loadSdk(), onFailure });
  // A file says everything, the resource too; the class does not read it.
  if (plan.hasConfigFile) nodeSdk.startNodeSdk();
  else startFromVariables(nodeSdk, plan, { env, parts });
  const tracerProvider = trace.getTracerProvider();
  const meterProvider = metrics.getMeterProvider();
  const inner: unknown = Reflect.get(tracerProvider, 'getDelegate');
  const delegate: unknown =
    typeof inner === 'function' ? Reflect.apply(inner, tracerProvider, []) : tracerProvider;
  return {
    target: { tracerProvider: () => tracerProvider, meterProvider: () => meterProvider },
    flush: (deadlineMs) =>
      flushWithin(deadlineMs, parts.senders, () => [delegate, meterProvider].map(forceFlush)),
    // Its exporters have no way to send within one turn.
    flushNow: () => undefined,
  };
}

const NO_PARTS: SdkParts = { readers: [], processors: [], senders: [] };

type NodeSdkPackage = typeof import('@opentelemetry/sdk-node');

function startFromVariables(
  { NodeSDK }: NodeSdkPackage,
  plan: TelemetryPlan,
  {
    env,
    parts: { readers, processors },
  }: { readonly env: Record<string, string | undefined>; readonly parts: SdkParts },
): void {
  const isIntervalSet = env[INTERVAL] !== undefined;
  if (!isIntervalSet) env[INTERVAL] = String(plan.exportIntervalMs);
  const resource = createResource();
  try {
    const sdk = new NodeSDK({
      resource,
      autoDetectResources: false,
      logRecordProcessors: [],
      textMapPropagator: null,
      ...(readers.length === 0 ? {} : { metricReaders: readers }),
      ...(processors.length === 0 ? {} : { spanProcessors: processors }),
    });
    sdk.start();
  } finally {
    if (!isIntervalSet) delete env[INTERVAL];
  }
}

async function forceFlush(provider: unknown): Promise<void> {
  const flush: unknown =
    typeof provider === 'object' && provider !== null
      ? Reflect.get(provider, 'forceFlush')
      : undefined;
  if (typeof flush === 'function') await Reflect.apply(flush, provider, []);
}
