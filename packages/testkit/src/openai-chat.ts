import type { Frame, RenderContext, Rendered } from './frame.ts';
import { renderChatUsage, toTokenCounts } from './wire-tokens.ts';

const FINGERPRINT = 'fp_replay';

/** OpenAI chat completions as openai 7.55 receives them: usage in a stream only where the request asked for it. */
export const openaiChat: Rendered = { body, events, errorEvent };

function body(context: RenderContext): Record<string, unknown> {
  return {
    id: `chatcmpl-${context.id}`,
    object: 'chat.completion',
    created: context.createdEpochSeconds,
    model: context.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: context.toolCall === undefined ? context.pieces.join('') : null,
          ...(context.toolCall !== undefined && { tool_calls: [toolCall(context)] }),
          refusal: null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: finishOf(context),
      },
    ],
    ...(context.hasUsage && { usage: renderChatUsage(context.tokens) }),
    service_tier: context.serviceTier,
    system_fingerprint: FINGERPRINT,
  };
}

function finishOf(context: RenderContext): string {
  return context.toolCall === undefined ? 'stop' : 'tool_calls';
}

function toolCall(context: RenderContext): Record<string, unknown> {
  const { name, argumentsJson } = context.toolCall ?? { name: '', argumentsJson: '{}' };
  return {
    id: `call_${context.id}`,
    type: 'function',
    function: { name, arguments: argumentsJson },
  };
}

function* events(context: RenderContext): Iterable<Frame> {
  const asksForUsage = context.includesUsage && context.hasUsage;
  const chunk = (choices: readonly unknown[], usage: unknown = null): string =>
    `data: ${JSON.stringify({
      id: `chatcmpl-${context.id}`,
      object: 'chat.completion.chunk',
      created: context.createdEpochSeconds,
      model: context.model,
      service_tier: context.serviceTier,
      system_fingerprint: FINGERPRINT,
      choices,
      ...(asksForUsage && { usage }),
    })}\n\n`;
  const choice = (delta: unknown, finish: string | null = null): readonly unknown[] => [
    { index: 0, delta, logprobs: null, finish_reason: finish },
  ];

  yield {
    kind: 'other',
    text: chunk(choice({ role: 'assistant', content: '', refusal: null })),
  };
  if (context.toolCall !== undefined) {
    const delta = { tool_calls: [{ index: 0, ...toolCall(context) }] };
    yield { kind: 'content', text: chunk(choice(delta)) };
  }
  for (const piece of context.toolCall === undefined ? context.pieces : []) {
    yield { kind: 'content', text: chunk(choice({ content: piece })) };
  }
  yield { kind: 'other', text: chunk(choice({}, finishOf(context))) };
  if (asksForUsage) {
    yield {
      kind: 'other',
      text: chunk([], renderChatUsage(context.tokens)),
      observable: toTokenCounts(context.tokens),
    };
  }
  yield { kind: 'terminal', text: 'data: [DONE]\n\n' };
}

function errorEvent(): string {
  const error = {
    message: 'The server had an error while processing your request.',
    type: 'server_error',
    param: null,
    code: null,
  };
  return `data: ${JSON.stringify({ error })}\n\n`;
}
