/** An attribute value that we read. Arrays and maps arrive as a text that only identifies them. */
export type AttributeValue = string | number | boolean;

/** Attributes by key. */
export type Attributes = ReadonlyMap<string, AttributeValue>;

/** One span as received. Ids are lower-case hex, times epoch milliseconds with fractions; 0 means not set. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  /** `SpanKind` of OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly startEpochMs: number;
  readonly endEpochMs: number;
  readonly isError: boolean;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly scopeName: string;
}

/** One point of a sum. */
export interface ReceivedPoint {
  readonly metric: string;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly scopeName: string;
  readonly isCumulative: boolean;
  readonly isMonotonic: boolean;
  /** 0 when the sender does not know when the sum began. */
  readonly startEpochMs: number;
  readonly epochMs: number;
  /** Undefined when the point carries no number. */
  readonly value: number | undefined;
}

/** What a decoder made of a body. `problem` is for the sender and holds nothing of the body. */
export type Decoded<T> =
  | { readonly ok: true; readonly items: readonly T[] }
  | { readonly ok: false; readonly problem: string };
