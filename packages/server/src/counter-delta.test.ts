import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addCumulative,
  addDelta,
  type CounterChange,
  type CounterSample,
  createCounterWindow,
  SAMPLES_KEPT,
} from './counter-delta.ts';

const total = (changes: readonly CounterChange[]): bigint =>
  changes.reduce((sum, change) => sum + change.amount, 0n);

const byTime = (changes: readonly CounterChange[]): Record<string, bigint> => {
  const sums: Record<string, bigint> = {};
  for (const { epochMs, amount } of changes) sums[epochMs] = (sums[epochMs] ?? 0n) + amount;
  return Object.fromEntries(Object.entries(sums).filter(([, amount]) => amount !== 0n));
};

const feed = (samples: readonly CounterSample[]): CounterChange[] => {
  const window = createCounterWindow();
  return samples.flatMap((sample) => addCumulative(window, sample));
};

const at = (epochMs: number, value: number): CounterSample => ({ epochMs, value: BigInt(value) });

test.for([
  { note: 'the first value counts in full', samples: [at(1, 7)], want: { 1: 7n } },
  { note: 'a rise counts the difference', samples: [at(1, 7), at(2, 9)], want: { 1: 7n, 2: 2n } },
  { note: 'a fall counts the new value', samples: [at(1, 7), at(2, 3)], want: { 1: 7n, 2: 3n } },
  { note: 'a repetition counts nothing', samples: [at(1, 7), at(1, 7)], want: { 1: 7n } },
  {
    note: 'a late point moves usage to its own minute',
    samples: [at(1, 7), at(3, 12), at(2, 9)],
    want: { 1: 7n, 2: 2n, 3: 3n },
  },
  {
    note: 'a late point before a reset adds what the reset hid',
    samples: [at(1, 5), at(3, 1), at(2, 10)],
    want: { 1: 5n, 2: 5n, 3: 1n },
  },
  { note: 'a first point that comes last', samples: [at(2, 9), at(1, 4)], want: { 1: 4n, 2: 5n } },
])('$note', ({ samples, want }) => {
  expect(byTime(feed(samples))).toEqual(want);
});

const increments = fc.array(fc.record({ amount: fc.nat(1000), isReset: fc.boolean() }), {
  minLength: 1,
  maxLength: SAMPLES_KEPT,
});

test('any order and any repetition of samples give the usage of their order in time', () => {
  fc.assert(
    fc.property(increments, fc.infiniteStream(fc.nat()), (steps, picks) => {
      let value = 0;
      let truth = 0n;
      const samples = steps.map(({ amount, isReset }, index) => {
        // A reset is visible when the value falls; a hidden one cannot be known.
        const restarts = isReset && amount < value;
        value = restarts ? amount : value + amount;
        truth += BigInt(amount);
        return at(index + 1, value);
      });
      const shuffled = [...samples, ...samples].toSorted(() => (picks.next().value % 2) * 2 - 1);
      const changes = feed(shuffled);
      expect(total(changes)).toBe(truth);
      expect(byTime(changes)).toEqual(byTime(feed(samples)));
    }),
  );
});

test('a sample older than all kept ones changes nothing: a later one has counted it', () => {
  const window = createCounterWindow();
  for (let time = 1; time <= SAMPLES_KEPT + 1; time += 1) addCumulative(window, at(time, time));
  expect(addCumulative(window, at(0, 1))).toEqual([]);
});

test('delta samples in any order and repeated add up to their sum', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { maxLength: SAMPLES_KEPT }), (amounts) => {
      const samples = amounts.map((amount, index) => at(index + 1, amount));
      const window = createCounterWindow();
      const changes = [...samples.toReversed(), ...samples].flatMap((s) => addDelta(window, s));
      expect(total(changes)).toBe(BigInt(amounts.reduce((sum, amount) => sum + amount, 0)));
    }),
  );
});
