import { homedir } from 'node:os';
import type { FlatSpan, KeyValue } from './otlp-json.ts';
import { isJson, type Json } from './provider/model-answer.ts';
import type { Step } from './scenario.ts';

/** Where captured time begins: 2026-11-21, one minute a step, one millisecond between any two moments. */
const BASE_EPOCH_MS = Date.UTC(2026, 10, 21);
const STEP_MS = 60_000;

const RESOURCE_KEYS = /^(?:service\.name|telemetry\.sdk\..*)$/;
const VOLATILE_KEYS =
  /thread\.|process\.|code\.(?:filepath|file\.path|lineno|line)|stacktrace|host\.name/;
const MEASURED_KEYS =
  /duration|latency|_ms\b|msTo|time_to|time_per|timeTo|PerSecond|_time\b|tbt|ttft|speed/;

/** Spans of one step with stable ids, times and no trace of the machine; `idOf` keeps ids across steps. */
export class SpanNormaliser {
  readonly #ids = new Map<string, string>();
  readonly #words = new Map<string, string>();

  /** Index of the step in which a span began. */
  static stepOf(span: FlatSpan, steps: readonly Step[]): number {
    const epochMs = Number(span.startNano / 1_000_000n) + 1;
    return steps.findLastIndex(({ startEpochMs }) => startEpochMs <= epochMs);
  }

  /** Shortened identity of a span for `spans` of a call. */
  spanId(id: string): string {
    return this.#stable(`span ${id}`, 16);
  }

  /** The step as one OTLP/JSON export. */
  normalise(spans: readonly FlatSpan[], stepIndex: number): Json {
    const sorted = parentsFirst(spans);
    for (const { traceId, spanId } of sorted) {
      this.#stable(`trace ${traceId}`, 32);
      this.spanId(spanId);
    }
    const moments = [...new Set(sorted.flatMap(momentsOf))].sort((a, b) => Number(a - b));
    const places = new Map(moments.map((moment, index) => [moment, index]));
    const timeOf = (nano: bigint): string => {
      const epochMs = BASE_EPOCH_MS + stepIndex * STEP_MS + (places.get(nano) ?? 0);
      return `${epochMs}000000`;
    };
    const groups = new Map<string, FlatSpan[]>();
    for (const span of sorted) {
      const key = JSON.stringify([span.resource, span.scope]);
      const group = groups.get(key) ?? [];
      groups.set(key, [...group, span]);
    }
    return {
      resourceSpans: [...groups.values()].map((group) => ({
        resource: {
          attributes: (group[0]?.resource ?? [])
            .filter(({ key }) => RESOURCE_KEYS.test(key))
            .map((each) => this.#attribute(each)),
        },
        scopeSpans: [
          { scope: group[0]?.scope, spans: group.map((span) => this.#span(span, timeOf)) },
        ],
      })),
    };
  }

  #span(span: FlatSpan, timeOf: (nano: bigint) => string): Json {
    const { parentSpanId, events, status } = span;
    return {
      traceId: this.#stable(`trace ${span.traceId}`, 32),
      spanId: this.spanId(span.spanId),
      ...(parentSpanId !== undefined && { parentSpanId: this.spanId(parentSpanId) }),
      name: this.#text(span.name),
      kind: span.kind,
      startTimeUnixNano: timeOf(span.startNano),
      endTimeUnixNano: timeOf(span.endNano),
      attributes: span.attributes.map((each) => this.#attribute(each)),
      ...(events.length > 0 && {
        events: events.map((event) => ({
          timeUnixNano: timeOf(event.timeNano),
          name: event.name,
          attributes: event.attributes.map((each) => this.#attribute(each)),
        })),
      }),
      status: Object.fromEntries(
        Object.entries(status).map(([key, value]) => [
          key,
          typeof value === 'string' ? this.#text(value) : value,
        ]),
      ),
    };
  }

  #attribute({ key, value }: KeyValue): KeyValue {
    if (VOLATILE_KEYS.test(key)) return { key, value: masked(value) };
    if (/port$/.test(key))
      return { key, value: value.intValue === undefined ? masked(value) : { intValue: '8080' } };
    if (MEASURED_KEYS.test(key) && !/tokens$/.test(key)) return { key, value: masked(value) };
    return { key, value: this.#value(value) };
  }

  #value(value: Json): Json {
    if (typeof value.stringValue === 'string')
      return { stringValue: this.#text(value.stringValue) };
    if (isJson(value.arrayValue) && Array.isArray(value.arrayValue.values)) {
      return { arrayValue: { values: value.arrayValue.values.map((each) => this.#value(each)) } };
    }
    if (isJson(value.kvlistValue) && Array.isArray(value.kvlistValue.values)) {
      const values = value.kvlistValue.values.map((each) => this.#attribute(each));
      return { kvlistValue: { values } };
    }
    return value;
  }

  /** Replaces ports, paths, random ids, and moments written as text. */
  #text(text: string): string {
    return text
      .replaceAll(/(?:127\.0\.0\.1|localhost):\d+/g, '127.0.0.1:8080')
      .replaceAll(new RegExp(`${homedir()}[^\\s"'\\\\)]*`, 'g'), '(path)')
      .replaceAll(/0x[0-9a-f]{6,}/g, '0x0')
      .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, (word) =>
        /^0{8}/.test(word)
          ? word
          : `${this.#word(word).padStart(8, '0')}-0000-4000-8000-000000000000`,
      )
      .replaceAll(/(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g, (word) =>
        this.#word(word).padStart(32, '0'),
      )
      .replaceAll(/\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*/g, '2026-11-21T00:00:00')
      .replaceAll(/(?<="?created(?:_at)?"?(?:[:=]|": ?))\s*1[78]\d{8}(?:\.\d+)?/g, '1763683200');
  }

  #word(word: string): string {
    const known = this.#words.get(word) ?? String(this.#words.size + 1);
    this.#words.set(word, known);
    return known;
  }

  #stable(id: string, length: number): string {
    const known = this.#ids.get(id) ?? (this.#ids.size + 1).toString(16).padStart(length, '0');
    this.#ids.set(id, known);
    return known;
  }
}

/** By start, but no span before the one around it: clocks of one millisecond leave that to chance. */
function parentsFirst(spans: readonly FlatSpan[]): readonly FlatSpan[] {
  const byStart = spans.toSorted((a, b) => Number(a.startNano - b.startNano));
  const placed = new Set<FlatSpan>();
  const place = (span: FlatSpan): void => {
    if (placed.has(span)) return;
    const parent = byStart.find(({ spanId }) => spanId === span.parentSpanId);
    if (parent !== undefined) place(parent);
    placed.add(span);
  };
  for (const span of byStart) place(span);
  return [...placed];
}

function momentsOf(span: FlatSpan): readonly bigint[] {
  return [span.startNano, span.endNano, ...span.events.map((event) => event.timeNano)];
}

function masked(value: Json): Json {
  if (value.intValue !== undefined) return { intValue: '1' };
  if (value.doubleValue !== undefined) return { doubleValue: 0.5 };
  return value.stringValue === undefined ? value : { stringValue: '(masked)' };
}
