import type { PriceBook } from '@tokenmeter/pricing';
import {
  drawCachedTokens,
  drawCalls,
  drawOutputTokens,
  FEATURES,
  type FeatureName,
  planCall,
} from './features.ts';
import { countCalls, ratesAt, type TokenRates } from './history-prices.ts';
import { type PastCall, renderPastSpan } from './history-span.ts';
import { type CountedCalls, type CounterReading, HistoryTotals } from './history-totals.ts';
import { renderSeededResource, toUnixNano } from './otlp-json.ts';
import { createRandom, type Random } from './random.ts';
import { usualCallsPerMinute } from './traffic.ts';

/** One request of the history, in the order in which it must be sent. */
export interface HistoryRequest {
  readonly path: '/v1/metrics' | '/v1/traces';
  /** OTLP/JSON. */
  readonly body: string;
  /** Share of the history that is told after this request, 0 to 1. */
  readonly progress: number;
}

/** What the history covers. */
export interface HistoryOptions {
  /** Where the past ends: now. */
  readonly endEpochMs: number;
  readonly seed: number;
  readonly book: PriceBook;
  /** Length of the past in days. Default 28. */
  readonly days?: number;
  /** Length of the end of the past that also has a span for each call, in hours. Default 12. */
  readonly spanHours?: number;
}

/** A stretch of the past that becomes one point per counter. */
export interface Block {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const COARSE_MINUTES = 5;
const FINE_HOURS = 2;
const POINTS_PER_REQUEST = 8000;
const SPANS_PER_REQUEST = 2000;

/**
 * Cuts the past into five-minute blocks on the clock's marks, single minutes in its last two hours. The last block ends
 * where the past does.
 */
export function blocksOf(options: Pick<HistoryOptions, 'endEpochMs' | 'days'>): readonly Block[] {
  const { endEpochMs } = options;
  const blocks: Block[] = [];
  const coarseMs = COARSE_MINUTES * MINUTE_MS;
  const first = Math.ceil((endEpochMs - (options.days ?? 28) * DAY_MS) / coarseMs) * coarseMs;
  const fine = Math.floor((endEpochMs - FINE_HOURS * HOUR_MS) / coarseMs) * coarseMs;
  for (let from = first; from < endEpochMs; ) {
    const to = Math.min(endEpochMs, from + (from < fine ? coarseMs : MINUTE_MS));
    blocks.push({ fromEpochMs: from, toEpochMs: to });
    from = to;
  }
  return blocks;
}

/**
 * Makes up the helpdesk's past: cumulative money counters over four weeks and spans for the last half day, marked as seeded.
 *
 * Rates, sizes and prices are those of the running application in its normal state; so the present continues the past.
 * The same options give the same requests. Throws if the price book does not know a model.
 */
export function* buildHistory(options: HistoryOptions): Generator<HistoryRequest> {
  const random = createRandom(options.seed);
  const blocks = blocksOf(options);
  const firstEpochMs = blocks[0]?.fromEpochMs ?? options.endEpochMs;
  const resource = renderSeededResource(`seed-${options.seed}`);
  const spansFrom = options.endEpochMs - (options.spanHours ?? 12) * HOUR_MS;
  const totals = new HistoryTotals(ratesAt('triage', options.endEpochMs, options.book).source);
  const points = new PointBatch(firstEpochMs, resource);
  let spans: string[] = [];
  for (const block of blocks) {
    const progress = progressAt(block, { firstEpochMs, spansFrom, endEpochMs: options.endEpochMs });
    if (block.toEpochMs <= spansFrom) {
      for (const [feature, sums] of sumsOf(block, options.book, random)) totals.add(feature, sums);
    } else {
      for (const call of callsOf(block, options.book, random)) {
        totals.add(call.planned.feature.name, call);
        spans.push(renderPastSpan(call, random));
      }
    }
    points.add(block.toEpochMs, totals.readings());
    if (points.size >= POINTS_PER_REQUEST) {
      yield { path: '/v1/metrics', body: points.take(), progress };
    }
    if (spans.length >= SPANS_PER_REQUEST) {
      yield { path: '/v1/traces', body: renderTraces(resource, spans), progress };
      spans = [];
    }
  }
  yield { path: '/v1/traces', body: renderTraces(resource, spans), progress: 1 };
  yield { path: '/v1/metrics', body: points.take(), progress: 1 };
}

/** The spans of the last half day are half of the work. */
function progressAt(
  block: Block,
  range: { readonly firstEpochMs: number; readonly spansFrom: number; readonly endEpochMs: number },
): number {
  const share = (from: number): number =>
    Math.max(0, (block.toEpochMs - from) / (range.endEpochMs - from));
  return (share(range.firstEpochMs) + share(range.spansFrom)) / 2;
}

/** Calls of a block one by one. */
function* callsOf(block: Block, book: PriceBook, random: Random): Generator<PastCall> {
  for (const feature of FEATURES) {
    const rates = ratesAt(feature, block.fromEpochMs, book);
    const count = drawCount(feature, block, random);
    for (let index = 0; index < count; index += 1) {
      yield drawPastCall(feature, block, { rates, random });
    }
  }
}

/** Calls of a block by feature, without looking at each. */
function sumsOf(
  block: Block,
  book: PriceBook,
  random: Random,
): readonly (readonly [FeatureName, CountedCalls])[] {
  return FEATURES.map((feature) => {
    const rates = ratesAt(feature, block.fromEpochMs, book);
    const drawn = drawCalls(feature, drawCount(feature, block, random), random);
    const tokens = {
      input: drawn.inputTokens,
      cache_read: drawn.cachedTokens,
      output: drawn.outputTokens,
    };
    return [feature, countCalls({ calls: drawn.calls, hits: drawn.hits, tokens }, rates)];
  });
}

function drawCount(feature: FeatureName, block: Block, random: Random): number {
  const middle = (block.fromEpochMs + block.toEpochMs) / 2;
  const minutes = (block.toEpochMs - block.fromEpochMs) / MINUTE_MS;
  return random.poisson(usualCallsPerMinute(feature, middle) * minutes);
}

function drawPastCall(
  name: FeatureName,
  block: Block,
  options: { readonly rates: TokenRates; readonly random: Random },
): PastCall {
  const { rates, random } = options;
  const planned = planCall(name, 1, random);
  const cached = drawCachedTokens(planned.feature, planned.instructionTokens, random);
  const tokens = {
    input: planned.instructionTokens + planned.contentTokens - cached,
    cache_read: cached,
    output: drawOutputTokens(planned.maxOutputTokens, random),
  };
  return {
    ...countCalls({ calls: 1, hits: cached > 0 ? 1 : 0, tokens }, rates),
    planned,
    startEpochMs: block.fromEpochMs + random.next() * (block.toEpochMs - block.fromEpochMs - 1),
    durationMs: random.between(40, 160),
    costSource: rates.source,
    priceVersion: rates.bookVersion,
  };
}

/** Collects points by metric, so that each metric is named once per request. */
class PointBatch {
  readonly #startUnixNano: string;
  readonly #resource: string;
  #points = new Map<string, { readonly head: string; readonly points: string[] }>();
  size = 0;

  constructor(startEpochMs: number, resource: string) {
    this.#startUnixNano = toUnixNano(startEpochMs);
    this.#resource = resource;
  }

  /** A point belongs to the minute before `endEpochMs`, so it lies a millisecond before it. */
  add(endEpochMs: number, readings: readonly CounterReading[]): void {
    const time = `"startTimeUnixNano":"${this.#startUnixNano}","timeUnixNano":"${toUnixNano(endEpochMs - 1)}"`;
    for (const { spec, attributes, value } of readings) {
      const number = spec.valueType === 'int' ? `"asInt":"${value}"` : `"asDouble":${value}`;
      const metric = this.#points.get(spec.name) ?? {
        head: `"name":"${spec.name}","unit":"${spec.unit}","description":"${spec.description}"`,
        points: [],
      };
      this.#points.set(spec.name, metric);
      metric.points.push(`{"attributes":${attributes},${time},${number}}`);
      this.size += 1;
    }
  }

  take(): string {
    const metrics = [...this.#points.values()].map(
      ({ head, points }) =>
        `{${head},"sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[${points.join(',')}]}}`,
    );
    this.#points = new Map();
    this.size = 0;
    return `{"resourceMetrics":[{"resource":${this.#resource},"scopeMetrics":[{"scope":{"name":"tokenmeter.seed"},"metrics":[${metrics.join(',')}]}]}]}`;
  }
}

function renderTraces(resource: string, spans: readonly string[]): string {
  return `{"resourceSpans":[{"resource":${resource},"scopeSpans":[{"scope":{"name":"tokenmeter.seed"},"spans":[${spans.join(',')}]}]}]}`;
}
