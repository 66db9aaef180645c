import {
  addCumulative,
  addDelta,
  type CounterWindow,
  createCounterWindow,
} from './counter-delta.ts';
import type { CallRow } from './describe-call.ts';
import { describeCallUsage } from './describe-call-usage.ts';
import type { CounterPoint } from './describe-point.ts';
import { createSpanWindow, type SpanWindow } from './span-window.ts';
import type { UsageSeries } from './usage-series.ts';

/** What one request brings, already checked. */
export interface Intake {
  readonly calls: readonly CallRow[];
  readonly points: readonly CounterPoint[];
}

/** Rows that one commit appends. */
export interface LedgerRows {
  readonly calls: CallRow[];
  readonly series: { readonly id: number; readonly series: UsageSeries }[];
  readonly streams: { readonly id: number; readonly key: string; readonly seriesId: number }[];
  readonly samples: {
    readonly streamId: number;
    readonly epochMs: number;
    readonly value: bigint;
    readonly isComplete: boolean;
  }[];
  /** Minute start in epoch milliseconds and series id → amount. */
  readonly points: { readonly minute: number; readonly seriesId: number; amount: bigint }[];
}

interface Stream {
  readonly id: number;
  readonly key: string;
  /** When a sample last arrived, or the ledger was opened. */
  seenEpochMs: number;
  readonly seriesId: number;
  readonly window: CounterWindow;
}

/** How many spans are remembered to recognise repetitions. */
export const SPANS_REMEMBERED = 500_000;

const MINUTE_MS = 60_000;
const SEPARATOR = '\u0000';

/** The minute that a sample closes: a sample at 12:01:00.000 covers the minute before it. */
function minuteOf(epochMs: number): number {
  return Math.ceil(epochMs / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
}

/** Everything the writer must remember to count each call and each counter once. */
export class IntakeState {
  readonly #spans: SpanWindow = createSpanWindow(SPANS_REMEMBERED);
  readonly #meteredParents: SpanWindow = createSpanWindow(SPANS_REMEMBERED);
  readonly #series = new Map<string, number>();
  readonly #streams = new Map<string, Stream>();
  readonly #byId = new Map<number, Stream>();
  readonly #clock: () => number;
  #lastStreamId = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Restores a usage series. */
  restoreSeries(id: number, series: UsageSeries): void {
    this.#series.set(series.join(SEPARATOR), id);
  }

  /** Restores a raw series, before its samples. */
  restoreStream(id: number, key: string, seriesId: number): void {
    this.#addStream(id, key, seriesId);
  }

  /** Restores a sample; samples of one series come in any order. */
  restoreSample(streamId: number, epochMs: number, value: bigint): void {
    const stream = this.#byId.get(streamId);
    if (stream !== undefined) addCumulative(stream.window, { epochMs, value });
  }

  /** Marks a restored series whose older samples are gone. */
  restoreIncomplete(streamId: number): void {
    const stream = this.#byId.get(streamId);
    if (stream !== undefined) stream.window.isComplete = false;
  }

  /** Restores a span id. */
  restoreSpan(traceId: string, spanId: string): void {
    this.#spans.add(traceId, spanId);
  }

  /** Forgets raw series of which nothing arrived since an instant, and returns their ids. */
  forgetStreams(beforeEpochMs: number): readonly number[] {
    const forgotten: number[] = [];
    for (const stream of this.#byId.values()) {
      if (stream.seenEpochMs >= beforeEpochMs) continue;
      forgotten.push(stream.id);
      this.#streams.delete(stream.key);
      this.#byId.delete(stream.id);
    }
    return forgotten;
  }

  /** Counts requests and returns the rows that record them; repetitions give none. */
  apply(intakes: readonly Intake[]): LedgerRows {
    const rows: LedgerRows = { calls: [], series: [], streams: [], samples: [], points: [] };
    const cells = new Map<string, LedgerRows['points'][number]>();
    const add = (minute: number, seriesId: number, amount: bigint): void => {
      const key = `${minute}/${seriesId}`;
      const cell = cells.get(key);
      if (cell === undefined) cells.set(key, { minute, seriesId, amount });
      else cell.amount += amount;
    };
    for (const intake of intakes) for (const call of intake.calls) this.#noteParent(call);
    for (const intake of intakes) {
      for (const call of intake.calls) this.#applyCall(call, rows, add);
      for (const point of intake.points) this.#applyPoint(point, rows, add);
    }
    for (const cell of cells.values()) if (cell.amount !== 0n) rows.points.push(cell);
    return rows;
  }

  #noteParent(call: CallRow): void {
    if (call.isMetered && call.parentSpanId.length === 16) {
      this.#meteredParents.add(call.traceId, call.parentSpanId);
    }
  }

  #applyCall(call: CallRow, rows: LedgerRows, add: AddUsage): void {
    // The span of a wrapper around a call that is metered already: its tokens are that call's.
    if (!call.isMetered && this.#meteredParents.has(call.traceId, call.spanId)) return;
    if (!this.#spans.add(call.traceId, call.spanId)) return;
    rows.calls.push(call);
    if (call.isMetered) return;
    const minute = minuteOf(call.endEpochMs);
    for (const { series, amount } of describeCallUsage(call)) {
      add(minute, this.#seriesId(series, rows), amount);
    }
  }

  #applyPoint(point: CounterPoint, rows: LedgerRows, add: AddUsage): void {
    const stream = this.#stream(point, rows);
    stream.seenEpochMs = this.#clock();
    const { samples } = stream.window;
    const changes = point.isCumulative
      ? addCumulative(stream.window, point.sample)
      : addDelta(stream.window, point.sample);
    for (const change of changes) add(minuteOf(change.epochMs), stream.seriesId, change.amount);
    const position = samples.indexOf(point.sample);
    // An idle counter repeats its value; only what a later difference depends on is written.
    const isIdle = changes.length === 0 && samples[position - 1]?.value === point.sample.value;
    if (position < 0 || isIdle) return;
    rows.samples.push({
      streamId: stream.id,
      ...point.sample,
      isComplete: stream.window.isComplete,
    });
  }

  #stream(point: CounterPoint, rows: LedgerRows): Stream {
    const known = this.#streams.get(point.streamKey);
    if (known !== undefined) return known;
    const id = this.#lastStreamId + 1;
    const seriesId = this.#seriesId(point.describe(), rows);
    rows.streams.push({ id, key: point.streamKey, seriesId });
    return this.#addStream(id, point.streamKey, seriesId);
  }

  #addStream(id: number, key: string, seriesId: number): Stream {
    const seenEpochMs = this.#clock();
    const stream = { id, key, seriesId, seenEpochMs, window: createCounterWindow() };
    this.#streams.set(key, stream);
    this.#byId.set(id, stream);
    this.#lastStreamId = Math.max(this.#lastStreamId, id);
    return stream;
  }

  #seriesId(series: UsageSeries, rows: LedgerRows): number {
    const key = series.join(SEPARATOR);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const id = this.#series.size + 1;
    this.#series.set(key, id);
    rows.series.push({ id, series });
    return id;
  }
}

type AddUsage = (minute: number, seriesId: number, amount: bigint) => void;
