import { createRequire } from 'node:module';
import { type ContextManager, context, metrics, trace } from '@opentelemetry/api';
import type { Providers } from './telemetry.ts';

const require = createRequire(import.meta.url);

/**
 * Makes our providers the application's own, so that spans and metrics it writes through the OpenTelemetry API are
 * exported too. No propagator is set: nothing is added to outgoing requests.
 */
export function registerGlobally({ tracerProvider, meterProvider }: Providers): void {
  const {
    AsyncLocalStorageContextManager,
  }: { AsyncLocalStorageContextManager: new () => ContextManager } =
    require('@opentelemetry/context-async-hooks');
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracerProvider());
  metrics.setGlobalMeterProvider(meterProvider());
}
