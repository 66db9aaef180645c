import { type Attributes, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  collectAttributes,
  INSTRUMENTATION_NAME,
  INSTRUMENTATION_VERSION,
} from '@tokenmeter/instrumentation/start-up';
import type { FinishedSpan, SpanBatch } from './finished-span.ts';
import { hrTime } from './hr-time.ts';

const SCOPE = { name: INSTRUMENTATION_NAME, version: INSTRUMENTATION_VERSION } as const;

/** What of a span the serializers of OpenTelemetry read. */
type SerializableSpan = Pick<
  ReadableSpan,
  | 'name'
  | 'kind'
  | 'spanContext'
  | 'startTime'
  | 'endTime'
  | 'status'
  | 'attributes'
  | 'links'
  | 'events'
  | 'instrumentationScope'
  | 'droppedAttributesCount'
  | 'droppedEventsCount'
  | 'droppedLinksCount'
> & { readonly resource: { readonly attributes: Readonly<Attributes> } };

/** Keeps spans for the OTLP/JSON serializer of `@opentelemetry/otlp-transformer`. */
export class JsonSpans implements SpanBatch {
  readonly #resource: () => Readonly<Attributes>;
  readonly #serialize: (spans: readonly SerializableSpan[]) => Uint8Array;
  /** One object for all spans, by which the serializer groups them; filled in at the export. */
  readonly #described: { attributes: Readonly<Attributes> } = { attributes: {} };
  #spans: SerializableSpan[] = [];

  constructor(
    resource: () => Readonly<Attributes>,
    serialize: (spans: readonly SerializableSpan[]) => Uint8Array,
  ) {
    this.#resource = resource;
    this.#serialize = serialize;
  }

  get size(): number {
    return this.#spans.length;
  }

  add(span: FinishedSpan): void {
    // Read now: an attribute that cannot be read is found by whoever adds its span, and not by the export of all.
    this.#spans.push(readableSpan(span, this.#described));
  }

  take(): Uint8Array {
    const spans = this.#spans;
    this.#spans = [];
    this.#described.attributes = this.#resource();
    return this.#serialize(spans);
  }
}

/** A finished span in the form of the SDK. */
export function readableSpan(
  { description, traceId, spanId, parent, traceState }: FinishedSpan,
  resource: { readonly attributes: Readonly<Attributes> },
): SerializableSpan {
  const isError = description.errorType !== undefined;
  return {
    name: description.name,
    kind: SpanKind.CLIENT,
    spanContext: () => ({
      traceId,
      spanId,
      traceFlags: 1,
      ...(traceState === undefined ? {} : { traceState }),
    }),
    ...(parent === undefined ? {} : { parentSpanContext: parent }),
    startTime: hrTime(description.startEpochMs),
    endTime: hrTime(description.endEpochMs),
    status: { code: isError ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: {
      ...description.startAttributes,
      ...collectAttributes(description.putEndAttributes),
    },
    links: [],
    events: [],
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
