import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { CALL_COST, CALLS, COST, GEN_AI_METRICS, PRICES_DATE } from '@tokenmeter/semconv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MetricSeries, MetricState, type Series } from './metric-state.ts';
import { resourceMetrics } from './resource-metrics.ts';

const SPECS = [CALLS, COST, CALL_COST, GEN_AI_METRICS.inferenceDuration] as const;

const measurement = fc.record({
  spec: fc.constantFrom(...SPECS),
  value: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constantFrom(0.01, 0.02, 81.92, 3, 100)),
  model: fc.constantFrom('gpt-4o', 'gpt-5', 'claude'),
  isNew: fc.boolean(),
});

/** What the SDK makes of the same measurements. */
async function sdkPoints(
  list: readonly { spec: (typeof SPECS)[number]; value: number; model: string }[],
): Promise<unknown> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e6 });
  const provider = new MeterProvider({ readers: [reader] });
  const meter = provider.getMeter('test');
  for (const { spec, value, model } of list) {
    if (spec.kind === 'counter') meter.createCounter(spec.name).add(value, { model });
    else {
      const advice = { explicitBucketBoundaries: [...(spec.buckets ?? [])] };
      meter.createHistogram(spec.name, { advice }).record(value, { model });
    }
  }
  await provider.forceFlush();
  const data = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
  await provider.shutdown();
  return plain(data.flatMap((scope) => scope.metrics));
}

interface Metric {
  readonly descriptor: { readonly name: string };
  readonly dataPointType: number;
  readonly dataPoints: readonly { readonly attributes: object; readonly value: unknown }[];
}

function plain(list: readonly Metric[]): unknown {
  return list
    .map(({ descriptor, dataPointType, dataPoints }) => ({
      name: descriptor.name,
      dataPointType,
      points: dataPoints
        .map(({ attributes, value }) => ({ attributes, value }))
        .toSorted((a, b) => (JSON.stringify(a.attributes) < JSON.stringify(b.attributes) ? -1 : 1)),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

test('sums and histograms are those of the SDK', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(measurement, { maxLength: 80 }), async (list) => {
      const state = new MetricState();
      const shared = new Map(['gpt-4o', 'gpt-5', 'claude'].map((model) => [model, { model }]));
      for (const { spec, value, model, isNew } of list) {
        state.add(spec, value, isNew ? { model } : (shared.get(model) ?? {}));
      }
      const options = { resource: {}, isDelta: false, endEpochMs: 2000 };
      const ours = resourceMetrics(state.read(), options).scopeMetrics;
      expect(plain(ours.flatMap((scope) => scope.metrics))).toEqual(await sdkPoints(list));
    }),
    { numRuns: 60 },
  );
});

test('what was taken and did not arrive is counted with what came after it', () => {
  fc.assert(
    fc.property(fc.array(measurement), fc.array(measurement), (before, after) => {
      let now = 0;
      const clock = (): number => {
        now += 1;
        return now;
      };
      const interrupted = new MetricState(clock);
      const whole = new MetricState();
      const addAll = (list: typeof before): void => {
        for (const { spec, value, model } of list) {
          interrupted.add(spec, value, { model });
          whole.add(spec, value, { model });
        }
      };
      addAll(before);
      const taken = interrupted.take();
      addAll(after);
      interrupted.restore(taken);
      expect(sums(interrupted.read())).toEqual(sums(whole.read()));
    }),
  );
});

/** What every counter and histogram was told in all, and what of it has arrived, in hundredths. */
class Books {
  readonly told = new Map<string, number>();
  readonly arrived = new Map<string, number>();

  tell(name: string, value: number): void {
    this.told.set(name, (this.told.get(name) ?? 0) + Math.round(value * 100));
  }

  arrive(list: readonly MetricSeries[]): void {
    for (const { spec, series } of list) {
      for (const { attributes, sum } of series) {
        const name = `${spec.name} ${attributes.model}`;
        this.arrived.set(name, (this.arrived.get(name) ?? 0) + Math.round(sum * 100));
      }
    }
  }
}

const few = fc.record({
  spec: fc.constantFrom(CALLS, CALL_COST),
  value: fc.integer({ min: 1, max: 9 }),
  model: fc.constantFrom('gpt-4o', 'gpt-5'),
});
const step = fc.oneof(
  { weight: 8, arbitrary: few },
  { weight: 1, arbitrary: fc.constantFrom('arrives' as const, 'comes back' as const) },
);

test('each measurement is counted once, whatever of them arrives or comes back in between', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, size: 'max', maxLength: 120 }), (steps) => {
      const state = new MetricState();
      const books = new Books();
      const shared = new Map(['gpt-4o', 'gpt-5'].map((model) => [model, { model }]));
      let taken: readonly MetricSeries[] = [];
      for (const each of steps) {
        if (each === 'comes back') {
          state.restore(taken);
          taken = [];
        } else if (each === 'arrives') {
          books.arrive(taken);
          taken = structuredClone(state.take());
        } else {
          state.add(each.spec, each.value, shared.get(each.model) ?? {});
          books.tell(`${each.spec.name} ${each.model}`, each.value);
        }
      }
      books.arrive(taken);
      books.arrive(state.take());
      expect(books.arrived).toEqual(books.told);
    }),
  );
});

function sums(list: readonly MetricSeries[]): unknown {
  const rows = list.flatMap(({ spec, series }) =>
    series.map(
      (each): readonly [string, Omit<Series, 'startEpochMs' | 'sum'> & { sum: number }] => {
        const { startEpochMs: _start, ...rest } = each;
        // Sums of doubles depend on the order of their addends in the last digits.
        return [
          `${spec.name} ${each.attributes.model}`,
          { ...rest, sum: Math.round(each.sum * 1e6) },
        ];
      },
    ),
  );
  return new Map(rows.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

test('a gauge has its last value, and stays when counting starts again', () => {
  const state = new MetricState();
  for (const day of [1, 3, 2]) state.add(PRICES_DATE, day, {});
  state.add(CALLS, 1, {});
  expect(state.take().map(({ series }) => series[0]?.sum)).toEqual([2, 1]);
  const left = state.read();
  expect(left.map(({ spec, series }) => [spec, series[0]?.sum])).toEqual([[PRICES_DATE, 2]]);
});

test('what is no amount is left out', () => {
  const state = new MetricState();
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1]) state.add(COST, value, {});
  expect([state.read(), state.revision]).toEqual([[], 0]);
});

test('attribute sets beyond 10,000 are counted together, and nothing is lost', () => {
  const state = new MetricState();
  for (let number = 0; number < 12_000; number += 1) state.add(CALLS, 1, { model: `m${number}` });
  const series = state.read()[0]?.series ?? [];
  expect(series).toHaveLength(10_000);
  expect(series.reduce((sum, each) => sum + each.sum, 0)).toBe(12_000);
  expect(series.at(-1)).toMatchObject({ attributes: { 'otel.metric.overflow': true }, sum: 2001 });
});
