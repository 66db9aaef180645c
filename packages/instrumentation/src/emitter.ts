import {
  type Attributes,
  type Context,
  type Counter,
  type Histogram,
  type HrTime,
  type Meter,
  type MeterProvider,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  ValueType,
} from '@opentelemetry/api';
import { general, type MetricSpec } from '@tokenmeter/semconv';
import type { SpanDescription } from './describe-span.ts';
import { PendingSums } from './pending-sums.ts';
import { collectAttributes } from './put-attribute.ts';
import type { TelemetryWriter } from './telemetry-writer.ts';
import { INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION } from './version.ts';

/** Where telemetry goes. Providers are asked for at every use, so one that is registered late still gets it. */
export interface EmitterProviders {
  tracerProvider(): TracerProvider;
  meterProvider(): MeterProvider;
}

/** Name of the instrument through which we are told of collections. */
const COLLECTION = 'tokenmeter.collection';

/** Turns descriptions into spans and measurements; the only place that talks to the OpenTelemetry API. */
export class Emitter implements TelemetryWriter {
  readonly #providers: EmitterProviders;
  #meterProvider: MeterProvider | undefined;
  #meter: Meter | undefined;
  #counters = new Map<string, Counter>();
  #histograms = new Map<string, Histogram>();
  readonly #pending = new PendingSums();
  /** The values of gauges, which are read whenever somebody reads the metrics. */
  readonly #gauges = new Map<MetricSpec, number>();
  #tracerProvider: TracerProvider | undefined;
  #tracer: Tracer | undefined;

  readonly #onCollect: () => void;

  /** `onCollect` runs before anyone reads the metrics. */
  constructor(providers: EmitterProviders, onCollect: () => void = () => undefined) {
    this.#providers = providers;
    this.#onCollect = onCollect;
  }

  /** Records one measurement. Gauges of ours have no attributes; counters are brought up to date when someone reads them. */
  add(spec: MetricSpec, value: number, attributes: Attributes): void {
    const meter = this.#currentMeter();
    if (spec.kind === 'histogram') {
      this.#histogram(meter, spec).record(value, attributes);
      return;
    }
    if (spec.kind === 'gauge') {
      if (!this.#gauges.has(spec)) this.#registerGauge(meter, spec);
      this.#gauges.set(spec, value);
      return;
    }
    this.#pending.add(spec, value, attributes);
    if (this.#pending.isFull) this.#drain();
  }

  /** Writes a span that is already over, below the span that was active when the call was made. */
  span(description: SpanDescription, parent: Context): void {
    const span = this.#currentTracer().startSpan(
      description.name,
      {
        kind: SpanKind.CLIENT,
        startTime: hrTime(description.startEpochMs),
        attributes: description.startAttributes,
      },
      parent,
    );
    if (span.isRecording()) {
      span.setAttributes(collectAttributes(description.putEndAttributes));
      if (description.errorType !== undefined) {
        span.setAttribute(general.errorType, description.errorType);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
    }
    span.end(hrTime(description.endEpochMs));
  }

  #currentTracer(): Tracer {
    const provider = this.#providers.tracerProvider();
    if (this.#tracer === undefined || provider !== this.#tracerProvider) {
      this.#tracerProvider = provider;
      this.#tracer = provider.getTracer(INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION);
    }
    return this.#tracer;
  }

  #currentMeter(): Meter {
    const provider = this.#providers.meterProvider();
    if (this.#meter === undefined || provider !== this.#meterProvider) {
      this.#drain();
      this.#meterProvider = provider;
      this.#meter = provider.getMeter(INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION);
      this.#counters = new Map();
      this.#histograms = new Map();
      // Never observed, so never exported: SDKs run callbacks before they read the counters of the same meter.
      this.#meter.createObservableGauge(COLLECTION).addCallback(() => {
        this.#onCollect();
        this.#drain();
      });
      for (const spec of this.#gauges.keys()) this.#registerGauge(this.#meter, spec);
    }
    return this.#meter;
  }

  #registerGauge(meter: Meter, spec: MetricSpec): void {
    meter.createObservableGauge(spec.name, instrumentOptions(spec)).addCallback((result) => {
      const value = this.#gauges.get(spec);
      if (value !== undefined) result.observe(value);
    });
  }

  #drain(): void {
    const meter = this.#meter;
    if (meter === undefined) return;
    this.#pending.drain((spec, value, attributes) =>
      this.#counter(meter, spec).add(value, attributes),
    );
  }

  #counter(meter: Meter, spec: MetricSpec): Counter {
    const known = this.#counters.get(spec.name);
    if (known !== undefined) return known;
    const created = meter.createCounter(spec.name, instrumentOptions(spec));
    this.#counters.set(spec.name, created);
    return created;
  }

  #histogram(meter: Meter, spec: MetricSpec): Histogram {
    const known = this.#histograms.get(spec.name);
    if (known !== undefined) return known;
    const advice =
      spec.buckets === undefined ? {} : { explicitBucketBoundaries: [...spec.buckets] };
    const created = meter.createHistogram(spec.name, { ...instrumentOptions(spec), advice });
    this.#histograms.set(spec.name, created);
    return created;
  }
}

function instrumentOptions(spec: MetricSpec): {
  readonly unit: string;
  readonly description: string;
  readonly valueType: ValueType;
} {
  return {
    unit: spec.unit,
    description: spec.description,
    valueType: spec.valueType === 'int' ? ValueType.INT : ValueType.DOUBLE,
  };
}

/** A plain number would be read as a `performance.now()` value when it is small. */
function hrTime(epochMs: number): HrTime {
  const seconds = Math.trunc(epochMs / 1000);
  return [seconds, Math.min(999_999_999, Math.round((epochMs - seconds * 1000) * 1e6))];
}
