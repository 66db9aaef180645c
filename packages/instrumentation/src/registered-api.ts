import {
  type Context,
  context,
  type MeterProvider,
  metrics,
  ROOT_CONTEXT,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { fieldOf } from './field-of.ts';

/**
 * Where every copy of the OpenTelemetry API, of any version 1, keeps what was registered.
 *
 * A copy refuses what an older one has registered, because it may lack functions that are newer. An application may have
 * an older copy than ours (SDK 2 wants 1.9, SDK 3 has 1.10) and we call nothing that came after 1.9: without this we
 * would see neither its spans nor its baggage.
 */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

/** The context in force, whichever copy of the API it was set with. */
export function activeContext(): Context {
  const own = context.active();
  if (own !== ROOT_CONTEXT) return own;
  const manager = registered('context');
  const active = fieldOf(manager, 'active');
  const found: unknown = typeof active === 'function' ? Reflect.apply(active, manager, []) : own;
  return isContext(found) ? found : own;
}

/** The tracer provider that was registered with any copy of the API. */
export function registeredTracerProvider(): TracerProvider {
  const other = registered('trace');
  return isTracerProvider(other) ? other : trace.getTracerProvider();
}

/** The meter provider that was registered with any copy of the API. */
export function registeredMeterProvider(): MeterProvider {
  const other = registered('metrics');
  return isMeterProvider(other) ? other : metrics.getMeterProvider();
}

function registered(part: 'context' | 'trace' | 'metrics'): unknown {
  return fieldOf(Reflect.get(globalThis, REGISTRY), part);
}

function isContext(value: unknown): value is Context {
  return typeof fieldOf(value, 'getValue') === 'function';
}

function isTracerProvider(value: unknown): value is TracerProvider {
  return typeof fieldOf(value, 'getTracer') === 'function';
}

function isMeterProvider(value: unknown): value is MeterProvider {
  return typeof fieldOf(value, 'getMeter') === 'function';
}
