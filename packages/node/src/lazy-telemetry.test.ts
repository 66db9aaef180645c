import { ROOT_CONTEXT } from '@opentelemetry/api';
import { CALLS } from '@tokenmeter/semconv';
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
  telemetry.target.add(CALLS, 1, {});
  const times = { startEpochMs: 0, endEpochMs: 1 };
  const attributes = { startAttributes: {}, putEndAttributes: () => undefined };
  telemetry.target.span({ name: 'chat', ...times, ...attributes }, ROOT_CONTEXT);
  telemetry.flushNow();
  await telemetry.flush(1);
  expect(told).toEqual([error]);
});
