import {
  type Answer,
  type Asked,
  events,
  json,
  type ModelApi,
  PIECES,
  sum,
} from './model-answer.ts';

/** Gemini generateContent: the prompt total includes cached tokens, candidates exclude thoughts. */
export const gemini: ModelApi = {
  api: 'gemini.generate',
  provider: 'gcp.gemini',
  pattern: /:(?:streamG|g)enerateContent/,
  modelOf: (path) => /\/models\/([^/:]+):/.exec(path)?.[1] ?? '',
  isStreaming: (path) => path.includes(':streamGenerateContent'),
  classes: ['input', 'cache_read', 'output', 'reasoning'],
  responseId: (id) => `gemini-${id}`,
  answer,
  error: (code) => ({
    error: { code, message: 'refused', status: code === 429 ? 'RESOURCE_EXHAUSTED' : 'INTERNAL' },
  }),
};

function answer(asked: Asked): Answer {
  const { tokens } = asked;
  const prompt = sum(tokens, 'input', 'cache_read');
  const before = {
    promptTokenCount: prompt,
    ...(tokens.cache_read !== undefined && { cachedContentTokenCount: tokens.cache_read }),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: prompt }],
  };
  const usageMetadata = {
    ...before,
    candidatesTokenCount: tokens.output,
    ...(tokens.reasoning !== undefined && { thoughtsTokenCount: tokens.reasoning }),
    totalTokenCount: prompt + sum(tokens, 'output', 'reasoning'),
  };
  const candidate = (part: object, end: object): object => ({
    candidates: [{ content: { parts: [part], role: 'model' }, index: 0, ...end }],
    modelVersion: asked.model,
    responseId: `gemini-${asked.id}`,
  });
  const end = { finishReason: 'STOP' };
  if (asked.toolCall !== undefined) {
    const { name, argumentsJson } = asked.toolCall;
    const part = { functionCall: { name, args: JSON.parse(argumentsJson) } };
    const body = { ...candidate(part, end), usageMetadata };
    return asked.isStreaming ? events([body]) : json(body);
  }
  if (!asked.isStreaming) {
    return json({ ...candidate({ text: PIECES.join('') }, end), usageMetadata });
  }
  const [first = '', last = ''] = PIECES;
  return events([
    { ...candidate({ text: first }, {}), usageMetadata: { ...before, totalTokenCount: prompt } },
    { ...candidate({ text: last }, end), usageMetadata },
  ]);
}
