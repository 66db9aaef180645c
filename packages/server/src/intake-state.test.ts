import { expect, test } from 'vitest';
import type { CounterPoint } from './describe-point.ts';
import { IntakeState } from './intake-state.ts';
import { createUsageSeries } from './usage-series.ts';

const point = (streamKey: string, value: number): CounterPoint => ({
  streamKey,
  isCumulative: true,
  sample: { epochMs: value, value: BigInt(value) },
  describe: () => createUsageSeries({ measure: 'calls' }),
});

test('only counters of which nothing arrived are forgotten, and their ids are not used again', () => {
  let now = 0;
  const state = new IntakeState(() => now);
  state.apply([{ calls: [], points: [point('gone', 1), point('alive', 1)] }]);
  now = 100;
  state.apply([{ calls: [], points: [point('alive', 1)] }]);
  expect(state.forgetStreams(50)).toEqual([1]);
  const rows = state.apply([{ calls: [], points: [point('new', 5), point('alive', 3)] }]);
  expect(rows.streams.map((stream) => stream.id)).toEqual([3]);
  expect(rows.points.map((cell) => cell.amount)).toEqual([7n]);
});

test('a counter that stands still is written once', () => {
  const state = new IntakeState(() => 0);
  const still = [1, 2, 3].map((epochMs) => ({ ...point('a', 9), sample: { epochMs, value: 9n } }));
  const rows = state.apply([{ calls: [], points: still }]);
  expect(rows.samples).toEqual([{ streamId: 1, epochMs: 1, value: 9n, isComplete: true }]);
});
