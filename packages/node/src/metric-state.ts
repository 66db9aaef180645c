import type { Attributes } from '@opentelemetry/api';
import type { MetricSpec } from '@tokenmeter/semconv';

/** Attribute sets per metric; further ones are counted together, as the specification of the SDK has it. */
const SERIES_LIMIT = 10_000;

/** Attribute objects per metric that are found by identity. */
const IDENTITY_LIMIT = 20_000;

/** Marks the series of everything beyond the limit (SDK specification, cardinality limits). */
const OVERFLOW: Attributes = { 'otel.metric.overflow': true };

/** The sums of one attribute set since it started. */
export interface Series {
  readonly attributes: Attributes;
  readonly startEpochMs: number;
  /** Of a counter its total, of a histogram the sum of its values, of a gauge its value. */
  sum: number;
  /** Of a histogram: how many values, and how many by bucket; a bucket's upper bound belongs to it. */
  count: number;
  min: number;
  max: number;
  readonly bucketCounts: number[];
}

/** One metric with its series. */
export interface MetricSeries {
  readonly spec: MetricSpec;
  readonly series: readonly Series[];
}

interface Metric {
  readonly spec: MetricSpec;
  readonly bounds: readonly number[];
  readonly byKey: Map<string, Series>;
  /** The same series by the object that was given for them: most attribute sets come as the same object again. */
  readonly byIdentity: Map<Attributes, Place>;
}

/** Where a measurement goes. */
interface Place {
  readonly metric: Metric;
  readonly attributes: Attributes;
  readonly series: Series;
  /** Where the measurement after the last one here went: calls that are alike measure the same in the same order. */
  next: Place | undefined;
  /** The generation in which it was last looked up: what was taken or put back since has other series. */
  generation: number;
}

/** Counts measurements by metric and attribute set. Exact: a counter's total is the sum of what was added to it. */
export class MetricState {
  readonly #metrics = new Map<MetricSpec, Metric>();
  readonly #clock: () => number;
  #last: Place | undefined;
  #generation = 0;
  #revision = 0;

  /** `clock` tells the time in epoch milliseconds. */
  constructor(clock: () => number = Date.now) {
    this.#clock = clock;
  }

  /** A number that changes with every measurement. */
  get revision(): number {
    return this.#revision;
  }

  /** Adds to a counter, records one value, or sets a gauge. What is no number, or negative for a counter, is left out. */
  add(spec: MetricSpec, value: number, attributes: Attributes): void {
    if (!Number.isFinite(value) || (spec.kind === 'counter' && value < 0)) return;
    this.#revision += 1;
    const { metric, series } = this.#placeOf(spec, attributes);
    if (spec.kind === 'gauge') series.sum = value;
    else series.sum += value;
    if (spec.kind !== 'histogram') return;
    series.count += 1;
    if (value < series.min) series.min = value;
    if (value > series.max) series.max = value;
    const bucket = bucketOf(metric.bounds, value);
    series.bucketCounts[bucket] = (series.bucketCounts[bucket] ?? 0) + 1;
  }

  /** Everything so far. */
  read(): readonly MetricSeries[] {
    return [...this.#metrics.values()].map(({ spec, byKey }) => ({
      spec,
      series: [...byKey.values()],
    }));
  }

  /** Everything so far; counting starts again, and gauges stay. */
  take(): readonly MetricSeries[] {
    const taken = this.read();
    this.#generation += 1;
    for (const { spec } of taken) if (spec.kind !== 'gauge') this.#metrics.delete(spec);
    return taken;
  }

  /** Puts back what was taken and did not arrive. */
  restore(taken: readonly MetricSeries[]): void {
    this.#generation += 1;
    for (const { spec, series } of taken) {
      if (spec.kind === 'gauge') continue;
      const metric = this.#metrics.get(spec) ?? this.#create(spec);
      for (const old of series) restoreSeries(metric, old);
    }
  }

  #placeOf(spec: MetricSpec, attributes: Attributes): Place {
    const last = this.#last;
    const expected = last?.next;
    const isExpected =
      expected !== undefined &&
      expected.attributes === attributes &&
      expected.metric.spec === spec &&
      expected.generation === this.#generation;
    const place = isExpected ? expected : this.#lookUp(spec, attributes);
    if (last !== undefined && !isExpected) last.next = place;
    this.#last = place;
    return place;
  }

  #lookUp(spec: MetricSpec, attributes: Attributes): Place {
    const metric = this.#metrics.get(spec) ?? this.#create(spec);
    const place = metric.byIdentity.get(attributes) ?? this.#find(metric, attributes);
    place.generation = this.#generation;
    return place;
  }

  #create(spec: MetricSpec): Metric {
    const bounds = spec.buckets ?? [];
    const metric: Metric = { spec, bounds, byKey: new Map(), byIdentity: new Map() };
    this.#metrics.set(spec, metric);
    return metric;
  }

  #find(metric: Metric, attributes: Attributes): Place {
    const own = keyOf(attributes);
    const isFull = metric.byKey.size >= SERIES_LIMIT - 1 && !metric.byKey.has(own);
    const key = isFull ? keyOf(OVERFLOW) : own;
    let series = metric.byKey.get(key);
    if (series === undefined) {
      series = newSeries(metric, isFull ? OVERFLOW : { ...attributes }, this.#clock());
      metric.byKey.set(key, series);
    }
    if (metric.byIdentity.size >= IDENTITY_LIMIT) metric.byIdentity.clear();
    const generation = this.#generation;
    const place: Place = { metric, attributes, series, next: undefined, generation };
    metric.byIdentity.set(attributes, place);
    return place;
  }
}

function newSeries({ spec, bounds }: Metric, attributes: Attributes, startEpochMs: number): Series {
  return {
    attributes,
    startEpochMs,
    sum: 0,
    count: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    bucketCounts: spec.kind === 'histogram' ? new Array<number>(bounds.length + 1).fill(0) : [],
  };
}

function restoreSeries({ byKey, byIdentity }: Metric, old: Series): void {
  const key = keyOf(old.attributes);
  const newer = byKey.get(key);
  byKey.set(key, old);
  if (newer === undefined) return;
  old.sum += newer.sum;
  old.count += newer.count;
  old.min = Math.min(old.min, newer.min);
  old.max = Math.max(old.max, newer.max);
  for (const [bucket, count] of newer.bucketCounts.entries()) {
    old.bucketCounts[bucket] = (old.bucketCounts[bucket] ?? 0) + count;
  }
  byIdentity.clear();
}

function keyOf(attributes: Attributes): string {
  return JSON.stringify(Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The first bucket whose upper bound is not below the value; the last one has none. */
function bucketOf(bounds: readonly number[], value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const bound = bounds[middle];
    if (bound !== undefined && value > bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
