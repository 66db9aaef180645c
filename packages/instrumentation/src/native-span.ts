import { type Attributes, type Context, type Span, trace } from '@opentelemetry/api';
import type { CallRecord } from '@tokenmeter/core';
import { genAi, tokenmeter } from '@tokenmeter/semconv';
import type { SpanDescription } from './describe-span.ts';
import { fieldOf } from './field-of.ts';

/**
 * The active span, when another instrumentation (the Anthropic SDK's own, the AI SDK's) wrote it for this very call.
 *
 * It is marked as metered at once, so that nothing counts its tokens a second time.
 */
export function claimNativeSpan(from: Context, operation: string): Span | undefined {
  const span = trace.getSpan(from);
  if (span === undefined || !span.isRecording()) return undefined;
  if (attributeOf(span, genAi.operationName) !== operation) return undefined;
  span.setAttribute(tokenmeter.metered, true);
  return span;
}

/** True when the span can still be written and the call is what it describes; failed attempts get spans of their own. */
export function canJoin(span: Span, record: CallRecord): boolean {
  const model = attributeOf(span, genAi.requestModel);
  const isSameModel = model === undefined || model === record.requestModel;
  return span.isRecording() && isSameModel && record.outcome !== 'error';
}

/** Adds what the native span lacks. What its own instrumentation wrote stays, and so does its status. */
export function joinNativeSpan(span: Span, description: SpanDescription): void {
  const missing: Attributes = {};
  const known = { ...description.startAttributes, ...description.endAttributes() };
  for (const [key, value] of Object.entries(known)) {
    if (attributeOf(span, key) === undefined) missing[key] = value;
  }
  span.setAttributes(missing);
}

/** SDK spans expose what was set on them. */
function attributeOf(span: Span, key: string): unknown {
  return fieldOf(fieldOf(span, 'attributes'), key);
}
