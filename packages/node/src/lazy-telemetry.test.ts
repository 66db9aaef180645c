import { expect, test } from 'vitest';
import { lazyTelemetry } from './lazy-telemetry.ts';

test('a start that fails is told once, and measuring goes on into nothing', async () => {
  const told: unknown[] = [];
  const error = new Error('package missing');
  const telemetry = lazyTelemetry(
    () => {
      throw error;
    },
    (cause) => told.push(cause),
  );
  await telemetry.flush(1);
  expect(told).toEqual([]);
  telemetry.meterProvider.getMeter('m').createCounter('c').add(1);
  telemetry.tracerProvider.getTracer('t').startSpan('s').end();
  await telemetry.flush(1);
  expect(told).toEqual([error]);
});
