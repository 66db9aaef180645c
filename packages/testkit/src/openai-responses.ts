import { type Frame, namedEvent, type RenderContext, type Rendered } from './frame.ts';
import { renderResponsesUsage, toTokenCounts } from './wire-tokens.ts';

/** OpenAI responses as openai 7.55 receives them; `response.completed` carries the usage and ends the stream. */
export const openaiResponses: Rendered = { body, events, errorEvent };

function body(context: RenderContext): Record<string, unknown> {
  return responseObject(context, 'completed');
}

function responseObject(
  context: RenderContext,
  status: 'in_progress' | 'completed',
): Record<string, unknown> {
  const isDone = status === 'completed';
  return {
    id: `resp_${context.id}`,
    object: 'response',
    created_at: context.createdEpochSeconds,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    model: context.model,
    output: isDone ? [item(context, 'completed')] : [],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: isDone ? context.serviceTier : 'auto',
    store: true,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: isDone && context.hasUsage ? renderResponsesUsage(context.tokens) : null,
    user: null,
    metadata: {},
  };
}

function item(context: RenderContext, status: 'in_progress' | 'completed'): unknown {
  if (context.toolCall === undefined) return message(context, status);
  return {
    id: `fc_${context.id}`,
    type: 'function_call',
    status,
    call_id: `call_${context.id}`,
    name: context.toolCall.name,
    arguments: status === 'completed' ? context.toolCall.argumentsJson : '',
  };
}

function message(context: RenderContext, status: 'in_progress' | 'completed'): unknown {
  const content = status === 'completed' ? [textPart(context.pieces.join(''))] : [];
  return { id: `msg_${context.id}`, type: 'message', status, role: 'assistant', content };
}

function textPart(text: string): unknown {
  return { type: 'output_text', annotations: [], logprobs: [], text };
}

function* events(context: RenderContext): Iterable<Frame> {
  let sequence = 0;
  const event: RenderEvent = (type, data) => {
    const text = namedEvent({ type, sequence_number: sequence, ...data });
    sequence += 1;
    return text;
  };
  const started = { response: responseObject(context, 'in_progress') };
  yield other(event('response.created', started));
  yield other(event('response.in_progress', started));
  const opened = { output_index: 0, item: item(context, 'in_progress') };
  yield other(event('response.output_item.added', opened));
  yield* context.toolCall === undefined ? textEvents(context, event) : callEvents(context, event);
  const closed = { output_index: 0, item: item(context, 'completed') };
  yield other(event('response.output_item.done', closed));
  yield {
    kind: 'terminal',
    text: event('response.completed', { response: responseObject(context, 'completed') }),
    ...(context.hasUsage && { observable: toTokenCounts(context.tokens) }),
  };
}

type RenderEvent = (type: string, data: Readonly<Record<string, unknown>>) => string;

function other(text: string): Frame {
  return { kind: 'other', text };
}

function* callEvents(context: RenderContext, event: RenderEvent): Iterable<Frame> {
  const place = { item_id: `fc_${context.id}`, output_index: 0 };
  const text = context.toolCall?.argumentsJson ?? '{}';
  const delta = event('response.function_call_arguments.delta', { ...place, delta: text });
  yield { kind: 'content', text: delta };
  const done = { ...place, arguments: text, name: context.toolCall?.name };
  yield other(event('response.function_call_arguments.done', done));
}

function* textEvents(context: RenderContext, event: RenderEvent): Iterable<Frame> {
  const place = { item_id: `msg_${context.id}`, output_index: 0, content_index: 0 };
  const text = context.pieces.join('');
  yield other(event('response.content_part.added', { ...place, part: textPart('') }));
  for (const delta of context.pieces) {
    const data = { ...place, delta, logprobs: [] };
    yield { kind: 'content', text: event('response.output_text.delta', data) };
  }
  yield other(event('response.output_text.done', { ...place, text, logprobs: [] }));
  yield other(event('response.content_part.done', { ...place, part: textPart(text) }));
}

function errorEvent(): string {
  return namedEvent({
    type: 'error',
    sequence_number: 0,
    code: 'server_error',
    message: 'The server had an error while processing your request.',
    param: null,
  });
}
