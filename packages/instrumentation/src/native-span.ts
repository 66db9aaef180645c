import {
  type Attributes,
  type Context,
  type Span,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
  trace,
} from '@opentelemetry/api';
import type { CallRecord } from '@tokenmeter/core';
import { genAi, general, tokenmeter } from '@tokenmeter/semconv';
import type { SpanDescription } from './describe-span.ts';
import { fieldOf } from './field-of.ts';
import { collectAttributes } from './put-attribute.ts';

/** Longest time that a span's end waits for a call that is still being read, in milliseconds. */
const PATIENCE_MS = 1000;

/**
 * SDKs whose own spans differ from the conventions: the Anthropic SDK (1.11) names its span after its method, sets its
 * status to OK and puts its own path into `http.route`. Other instrumentations are somebody's choice and stay as they are.
 */
const CORRECTED_SCOPES: ReadonlySet<unknown> = new Set(['com.anthropic.sdk.typescript']);

/** What the names of all token counts begin with, and of a cost where one was asked for. */
const USAGE = 'gen_ai.usage.';

/** One attempt that failed and may have been the last. */
interface FailedAttempt {
  readonly description: SpanDescription;
  writeOwn(): void;
}

const known = new WeakMap<Span, NativeSpan>();

/**
 * The active span, when another instrumentation (the Anthropic SDK's own, the AI SDK's) wrote it for this very call.
 *
 * It is marked as metered at once, so that nothing counts its tokens a second time.
 */
export function claimNativeSpan(from: Context, operation: string): NativeSpan | undefined {
  const span = trace.getSpan(from);
  if (span === undefined || !span.isRecording()) return undefined;
  if (attributeOf(span, genAi.operationName) !== operation) return undefined;
  const native = known.get(span) ?? new NativeSpan(span);
  known.set(span, native);
  native.begin();
  return native;
}

/**
 * A span that another instrumentation wrote for a call, which is all of its attempts.
 *
 * The attempt that succeeds, or the last one that fails, is written into it; earlier failures get spans of their own below
 * it. When it is ended while its response is still being read on the side (compressed bodies, streams that are left), its
 * end waits for that, for a second at most, and keeps its time.
 */
export class NativeSpan {
  readonly #span: Span;
  readonly #endOriginal: Span['end'];
  readonly #isCorrected: boolean;
  #attempts = 0;
  #isJoined = false;
  #failed: FailedAttempt | undefined;
  #end: { readonly time: TimeInput } | undefined;
  #usage: Attributes = {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(span: Span) {
    this.#span = span;
    this.#endOriginal = span.end.bind(span);
    this.#isCorrected = CORRECTED_SCOPES.has(scopeOf(span));
    span.setAttribute(tokenmeter.metered, true);
    span.end = (time) => this.#endWhenDue(time);
    if (this.#isCorrected) refuseOk(span);
  }

  /** An attempt is under way. */
  begin(): void {
    this.#attempts += 1;
  }

  /** An attempt ended and has no record of its own. */
  release(): void {
    this.#attempts -= 1;
    if (this.#attempts <= 0 && this.#end !== undefined) this.#finish(this.#end.time);
  }

  /** Writes an attempt that ended: into the span, or through `writeOwn` into one of its own. */
  settle(record: CallRecord, description: SpanDescription, writeOwn: () => void): void {
    const model = attributeOf(this.#span, genAi.requestModel);
    const isSame = model === undefined || model === record.requestModel;
    if (!isSame || this.#isJoined || !this.#span.isRecording()) {
      writeOwn();
    } else {
      this.#failed?.writeOwn();
      this.#failed = undefined;
      if (record.outcome === 'error') this.#failed = { description, writeOwn };
      else this.#join(description);
    }
    this.release();
  }

  #endWhenDue(time: TimeInput | undefined): void {
    if (this.#end !== undefined) return;
    if (this.#attempts <= 0) {
      this.#finish(time);
      return;
    }
    this.#end = { time: time ?? Date.now() };
    this.#timer = setTimeout(() => this.#finish(this.#end?.time), PATIENCE_MS);
    if (typeof this.#timer === 'object') this.#timer.unref();
  }

  #finish(time: TimeInput | undefined): void {
    clearTimeout(this.#timer);
    if (!this.#span.isRecording()) return;
    if (this.#failed !== undefined) this.#join(this.#failed.description);
    this.#failed = undefined;
    // Last, because instrumentations write their own counts when a stream has been read.
    this.#span.setAttributes(this.#usage);
    this.#endOriginal(time);
  }

  /**
   * Adds what the span lacks. What its own instrumentation wrote stays, but for what is corrected and for token counts:
   * OpenLLMetry (`@traceloop/instrumentation-openai` 0.27) guesses those of streams that report them.
   */
  #join(description: SpanDescription): void {
    this.#isJoined = true;
    const { startAttributes, putEndAttributes } = description;
    const attributes = { ...startAttributes, ...collectAttributes(putEndAttributes) };
    if (this.#isCorrected) {
      this.#span.updateName(description.name);
      const written = fieldOf(this.#span, 'attributes');
      if (typeof written === 'object' && written !== null) {
        Reflect.deleteProperty(written, general.httpRoute);
      }
    }
    const missing: Attributes = {};
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith(USAGE)) this.#usage[key] = value;
      if (attributeOf(this.#span, key) === undefined) missing[key] = value;
    }
    this.#span.setAttributes(missing);
  }
}

/** A span's status is either an error or unset; OK is the application's word. */
function refuseOk(span: Span): void {
  const setStatus = span.setStatus.bind(span);
  span.setStatus = (status: SpanStatus) =>
    status.code === SpanStatusCode.OK ? span : setStatus(status);
}

/** SDK spans expose what was set on them, and who started them. */
function attributeOf(span: Span, key: string): unknown {
  return fieldOf(fieldOf(span, 'attributes'), key);
}

function scopeOf(span: Span): unknown {
  const scope = fieldOf(span, 'instrumentationScope') ?? fieldOf(span, 'instrumentationLibrary');
  return fieldOf(scope, 'name');
}
