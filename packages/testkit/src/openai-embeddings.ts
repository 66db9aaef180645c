import type { RenderContext, Rendered } from './frame.ts';

const VECTOR: readonly number[] = [0.5, -0.25];

/** OpenAI embeddings as openai 7.55 receives them: prompt tokens only, numbers or the base64 that was asked for. */
export const openaiEmbeddings: Rendered = { body, events: () => [], errorEvent: () => '' };

function body(context: RenderContext): Record<string, unknown> {
  const { input, encoding_format: format } = context.requestBody;
  const count = Array.isArray(input) && typeof input[0] !== 'number' ? input.length : 1;
  const embedding =
    format === 'base64' ? Buffer.from(new Float32Array(VECTOR).buffer).toString('base64') : VECTOR;
  const data = Array.from({ length: count }, (_, index) => ({
    object: 'embedding',
    index,
    embedding,
  }));
  const prompt = context.tokens.input;
  const usage = { prompt_tokens: prompt, total_tokens: prompt };
  return { object: 'list', data, model: context.model, ...(context.hasUsage && { usage }) };
}
