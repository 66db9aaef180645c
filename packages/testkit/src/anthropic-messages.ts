import { type Frame, namedEvent, type RenderContext, type Rendered } from './frame.ts';
import { renderMessagesUsage, toTokenCounts, type WireTokens } from './wire-tokens.ts';

/**
 * Anthropic messages as @anthropic-ai/sdk 1.11 receives them.
 *
 * `message_start` states the input and one output token, `message_delta` the cumulative end; so an observer of a
 * broken stream knows the whole input.
 */
export const anthropicMessages: Rendered = { body, events, errorEvent };

function body(context: RenderContext): Record<string, unknown> {
  return {
    ...messageObject(context),
    content: [
      context.toolCall === undefined
        ? { type: 'text', text: context.pieces.join('') }
        : toolUse(context, JSON.parse(context.toolCall.argumentsJson)),
    ],
    stop_reason: stopReasonOf(context),
    ...usageOf(context, context.tokens),
  };
}

function stopReasonOf(context: RenderContext): string {
  return context.toolCall === undefined ? 'end_turn' : 'tool_use';
}

function toolUse(context: RenderContext, input: unknown): Record<string, unknown> {
  return { type: 'tool_use', id: `toolu_${context.id}`, name: context.toolCall?.name, input };
}

function messageObject(context: RenderContext): Record<string, unknown> {
  return {
    id: `msg_${context.id}`,
    type: 'message',
    role: 'assistant',
    model: context.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
}

function usageOf(context: RenderContext, tokens: WireTokens): Record<string, unknown> {
  return context.hasUsage ? { usage: renderMessagesUsage(tokens, context.serviceTier) } : {};
}

function atStart(tokens: WireTokens): WireTokens {
  return { ...tokens, output: Math.min(1, tokens.output + tokens.reasoning), reasoning: 0 };
}

function* events(context: RenderContext): Iterable<Frame> {
  const opening = atStart(context.tokens);
  const seen = (tokens: WireTokens): Pick<Frame, 'observable'> =>
    context.hasUsage ? { observable: toTokenCounts(tokens) } : {};

  yield {
    kind: 'other',
    text: namedEvent({
      type: 'message_start',
      message: { ...messageObject(context), ...usageOf(context, opening) },
    }),
    ...seen(opening),
  };
  const isText = context.toolCall === undefined;
  const block = isText ? { type: 'text', text: '' } : toolUse(context, {});
  yield {
    kind: 'other',
    text: namedEvent({ type: 'content_block_start', index: 0, content_block: block }),
  };
  yield { kind: 'other', text: namedEvent({ type: 'ping' }) };
  const pieces = isText ? context.pieces : [context.toolCall.argumentsJson];
  for (const text of pieces) {
    const delta = isText
      ? { type: 'text_delta', text }
      : { type: 'input_json_delta', partial_json: text };
    yield {
      kind: 'content',
      text: namedEvent({ type: 'content_block_delta', index: 0, delta }),
    };
  }
  yield { kind: 'other', text: namedEvent({ type: 'content_block_stop', index: 0 }) };
  yield {
    kind: 'other',
    text: namedEvent({
      type: 'message_delta',
      delta: { stop_reason: stopReasonOf(context), stop_sequence: null },
      ...deltaUsage(context),
    }),
    ...seen(context.tokens),
  };
  yield { kind: 'terminal', text: namedEvent({ type: 'message_stop' }) };
}

/** The usage of `message_delta` has totals only: no cache split, tier or geography. */
function deltaUsage(context: RenderContext): Record<string, unknown> {
  if (!context.hasUsage) return {};
  const { cache_creation, service_tier, inference_geo, ...usage } = renderMessagesUsage(
    context.tokens,
    context.serviceTier,
  );
  return { usage };
}

function errorEvent(): string {
  return namedEvent({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
}
