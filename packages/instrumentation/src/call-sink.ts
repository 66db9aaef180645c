import { type Attributes, diag } from '@opentelemetry/api';
import type { CallRecord } from '@tokenmeter/core';
import { type PriceBook, type PricedCall, priceBookDate, priceCall } from '@tokenmeter/pricing';
import {
  METERED,
  type MetricSpec,
  OVERFLOW,
  PRICES_DATE,
  PROBLEMS,
  RECOGNISED,
  tokenmeter,
} from '@tokenmeter/semconv';
import type { SpanPlace } from './active-meter.ts';
import { createAttributeCaps } from './attribute-caps.ts';
import type { Attribution } from './attribution.ts';
import { BackgroundCalls, type UnmeteredCall } from './background-calls.ts';
import { describeCall, type Measure } from './describe-call.ts';
import type { BoundValue } from './describe-labels.ts';
import { Emitter, type EmitterProviders } from './emitter.ts';
import { createGuard, type Guard } from './guard.ts';
import { createLabelSets, withLabel } from './label-sets.ts';
import type { DescribeOptions } from './options.ts';
import { runSoon } from './platform.ts';
import { registeredMeterProvider, registeredTracerProvider } from './registered-api.ts';
import type { HiddenTraffic } from './self-test.ts';
import { isTelemetryWriter, type TelemetryWriter } from './telemetry-writer.ts';
import { WorkQueue } from './work-queue.ts';

/** A call with everything that was found out about it; what `onCall` receives. */
export interface MeteredCall {
  readonly record: CallRecord;
  readonly priced: PricedCall;
  readonly attribution: Attribution;
}

/** What a sink needs. */
export interface CallSinkOptions {
  /** Asked for at the first call, so that loading prices costs nothing before. */
  readonly priceBook: () => PriceBook;
  readonly describe: DescribeOptions;
  readonly attributeCap?: number;
  /** True where somebody calls `catchUp` before every flush: finished calls may then wait a moment for each other. */
  readonly isBatched?: boolean;
  readonly warn?: (message: string) => void;
  readonly onCall?: (call: MeteredCall) => void;
}

const NO_ATTRIBUTES: Attributes = {};

/** Prices, describes and emits calls, whatever tap they came from. Methods never throw. */
export class CallSink {
  readonly guard: Guard;
  readonly #options: CallSinkOptions;
  readonly #writer: TelemetryWriter;
  readonly #bound: BoundValue;
  readonly #labelSets = createLabelSets();
  readonly #background = new BackgroundCalls();
  readonly #told = new Set<string>();
  #priceBook: PriceBook | undefined;
  readonly #queue: WorkQueue;
  /** Requests that were recognised and not yet counted. */
  #recognised = 0;
  #measurementCount = 0;

  constructor(
    options: CallSinkOptions,
    target: EmitterProviders | TelemetryWriter = globalProviders(),
  ) {
    this.#options = options;
    this.#writer = isTelemetryWriter(target) ? target : new Emitter(target, () => this.catchUp());
    this.#queue = new WorkQueue(() => this.#countRecognised());
    this.guard = createGuard(
      (name) => this.#count(name),
      (message) => diag.warn(message),
    );
    this.#bound = createAttributeCaps({
      ...(options.attributeCap === undefined ? {} : { cap: options.attributeCap }),
      onOverflow: (attribute) =>
        this.#add(OVERFLOW, 1, { [tokenmeter.overflowAttribute]: attribute }),
    });
  }

  /** How many measurements were made so far. */
  get measurementCount(): number {
    this.catchUp();
    return this.#measurementCount;
  }

  /**
   * Counts a request that matched an endpoint, and makes ready for its end.
   *
   * Not at once: by then the request is on its way, and what is loaded lazily (prices, the SDK) loads while the provider
   * works instead of delaying the application.
   */
  recognised(): void {
    this.#recognised += 1;
    if (this.#recognised > 1) return;
    if (this.#priceBook !== undefined && this.#options.isBatched === true) this.#queue.wake();
    else runSoon(() => this.#countRecognised());
  }

  /** Runs what a finished call leaves to do, with that of other calls where calls are batched. */
  schedule(work: () => void): void {
    if (this.#options.isBatched === true) this.#queue.add(work);
    else work();
  }

  /** Finishes every call that waits; afterwards all that was seen is recorded. */
  catchUp(): void {
    this.#queue.drain();
  }

  /** Meters what a provider answered, or waits where more answers belong to the same call. */
  settle(answer: UnmeteredCall): void {
    const settled = this.#background.settle(answer);
    if (settled.kind === 'wait') {
      this.guard('wait', () => {
        this.#add(METERED, 1);
        answer.place.native?.release();
      });
      return;
    }
    const { record, attribution, place } = settled.call;
    this.meter(record, attribution, place);
  }

  /** Counts a problem word. */
  problem(problem: string): void {
    this.guard('problem', () => this.#count(problem));
  }

  /** Counts what this runtime hides, and tells of it the first time. */
  tellHidden({ problem, message }: HiddenTraffic): void {
    this.problem(problem);
    if (this.#told.has(problem)) return;
    this.#told.add(problem);
    const { warn = (text: string): void => diag.warn(`tokenmeter: ${text}`) } = this.#options;
    this.guard('warn', () => warn(message));
  }

  /** Meters one call: price, counters, span. Undefined only when a hook failed. */
  meter(record: CallRecord, attribution: Attribution, place: SpanPlace): PricedCall | undefined {
    return this.guard('meter', () => {
      const priced = priceCall(record, this.#prices());
      const { span, measure } = describeCall(record, priced, {
        attribution,
        options: this.#options.describe,
        bound: this.#bound,
        labelSets: this.#labelSets,
      });
      measure(this.#measure);
      this.#add(METERED, 1);
      this.guard('span', () => {
        const { parent, native } = place;
        const writeOwn = (): void => void this.guard('span', () => this.#writer.span(span, parent));
        if (native === undefined) writeOwn();
        else native.settle(record, span, writeOwn);
      });
      this.guard('on_call', () => this.#options.onCall?.({ record, priced, attribution }));
      return priced;
    });
  }

  readonly #measure: Measure = (spec, value, attributes) => this.#add(spec, value, attributes);

  #add(spec: MetricSpec, value: number, attributes: Attributes = NO_ATTRIBUTES): void {
    this.#measurementCount += 1;
    this.#writer.add(spec, value, attributes);
  }

  #countRecognised(): void {
    const count = this.#recognised;
    if (count === 0) return;
    this.#recognised = 0;
    this.guard('recognised', () => this.#add(RECOGNISED, count));
    this.guard('prices', () => this.#prices());
  }

  #prices(): PriceBook {
    if (this.#priceBook !== undefined) return this.#priceBook;
    const book = this.#options.priceBook();
    this.#priceBook = book;
    this.guard('prices_date', () => {
      const date = priceBookDate(book);
      if (date !== undefined) this.#add(PRICES_DATE, date);
    });
    return book;
  }

  #count(problem: string): void {
    this.#add(PROBLEMS, 1, withLabel(NO_ATTRIBUTES, tokenmeter.problem, problem));
  }
}

/** The providers registered with the OpenTelemetry API at the moment of use. */
export function globalProviders(): EmitterProviders {
  return {
    tracerProvider: registeredTracerProvider,
    meterProvider: registeredMeterProvider,
  };
}
