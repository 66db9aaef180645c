import {
  type Answer,
  type Asked,
  events,
  json,
  type ModelApi,
  PIECES,
  sum,
} from './model-answer.ts';

/** Chat completions of those who speak OpenAI's words without its details; streams end with usage unasked. */
function chatApi(provider: string, pattern: RegExp): ModelApi {
  return {
    api: 'openai.chat',
    provider,
    pattern,
    modelOf: (_, body) => String(body.model),
    isStreaming: (_, body) => body.stream === true,
    classes: ['input', 'output'],
    responseId: (id) => `cmpl-${id}`,
    answer: (asked) => answer(asked),
    error: (status) => ({ object: 'error', message: 'refused', type: 'error', code: status }),
  };
}

/** Groq, below `/groq`. */
export const groq: ModelApi = chatApi('groq', /^\/groq\/.*\/chat\/completions$/);
/** Mistral, below `/mistral`. */
export const mistral: ModelApi = chatApi('mistral_ai', /^\/mistral\/.*\/chat\/completions$/);

function answer(asked: Asked): Answer {
  const { tokens } = asked;
  const usage = {
    prompt_tokens: tokens.input,
    completion_tokens: tokens.output,
    total_tokens: sum(tokens, 'input', 'output'),
  };
  const base = { id: `cmpl-${asked.id}`, created: 1_700_000_000, model: asked.model };
  const finish = asked.toolCall === undefined ? 'stop' : 'tool_calls';
  if (!asked.isStreaming) {
    const message =
      asked.toolCall === undefined
        ? { role: 'assistant', content: PIECES.join('') }
        : { role: 'assistant', content: '', tool_calls: [toolCall(asked)] };
    const choices = [{ index: 0, message, finish_reason: finish }];
    return json({ ...base, object: 'chat.completion', choices, usage });
  }
  const chunk = (delta: object, end: string | null, more: object = {}): object => ({
    ...base,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: end }],
    ...more,
  });
  const x = asked.path.startsWith('/groq') ? { usage, x_groq: { id: base.id, usage } } : { usage };
  return events([
    chunk({ role: 'assistant', content: '' }, null),
    ...PIECES.map((content) => chunk({ content }, null)),
    chunk({ content: '' }, finish, x),
    '[DONE]',
  ]);
}

function toolCall(asked: Asked): object {
  const { name, argumentsJson } = asked.toolCall ?? { name: '', argumentsJson: '{}' };
  return {
    id: `call${asked.id.slice(0, 5)}`,
    type: 'function',
    function: { name, arguments: argumentsJson },
  };
}
