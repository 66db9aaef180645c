import { context, createContextKey, metrics, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import {
  activeContext,
  registeredMeterProvider,
  registeredTracerProvider,
} from './registered-api.ts';

const REGISTRY = Symbol.for('opentelemetry.js.api.1');

/** Registers as an older copy of the API does, and takes it back. */
function registerOlder(parts: object): Disposable {
  const before: unknown = Reflect.get(globalThis, REGISTRY);
  Reflect.set(globalThis, REGISTRY, { version: '1.4.0', ...parts });
  return { [Symbol.dispose]: () => void Reflect.set(globalThis, REGISTRY, before) };
}

test('what an older copy of the API registered is found, though the own one refuses it', () => {
  const active = ROOT_CONTEXT.setValue(createContextKey('some key'), 1);
  const tracers = { getTracer: () => trace.getTracer('x') };
  const meters = { getMeter: () => metrics.getMeter('x') };
  const manager = { active: () => active };
  using _older = registerOlder({ context: manager, trace: tracers, metrics: meters });
  expect(context.active()).toBe(ROOT_CONTEXT);
  expect(activeContext()).toBe(active);
  expect(registeredTracerProvider()).toBe(tracers);
  expect(registeredMeterProvider()).toBe(meters);
});

test.for([
  ['nothing', {}],
  ['what is no API', { context: { active: () => 7 }, trace: 'x', metrics: null }],
] as const)('where %s is registered, the own copy answers', ([, parts]) => {
  using _older = registerOlder(parts);
  expect(activeContext()).toBe(ROOT_CONTEXT);
  expect(registeredTracerProvider()).toBe(trace.getTracerProvider());
  expect(registeredMeterProvider()).toBe(metrics.getMeterProvider());
});
