import { type Asked, json, type Reply, sse, WORDS } from './reply.ts';

/** Gemini: every chunk of a stream has the counts so far, the last has all of them. */
export function replyToGenerate(asked: Asked): Reply {
  const input = 400 + asked.position;
  const output = 20 + asked.position;
  const model = /\/models\/([^/:]+):/.exec(asked.path)?.[1] ?? '';
  const tokens = { input, cache_read: 50, output, reasoning: 7 };
  const usageMetadata = {
    promptTokenCount: input + 50,
    cachedContentTokenCount: 50,
    candidatesTokenCount: output,
    thoughtsTokenCount: 7,
    totalTokenCount: input + 50 + output + 7,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: input + 50 }],
  };
  const candidate = (text: string, finish: object): object => ({
    candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0, ...finish }],
    modelVersion: model,
    responseId: `gemini-${asked.position}`,
  });
  const reply = { provider: 'gcp.gemini', model, tokens };
  const end = { finishReason: 'STOP' };
  if (!asked.path.includes(':streamGenerateContent')) {
    return { ...reply, ...json({ ...candidate(WORDS.join(''), end), usageMetadata }) };
  }
  const early = {
    promptTokenCount: input + 50,
    cachedContentTokenCount: 50,
    totalTokenCount: input + 50,
  };
  return {
    ...reply,
    tokensAtStart: { input, cache_read: 50 },
    contentType: 'text/event-stream',
    pieces: WORDS.map((words, index) =>
      index === WORDS.length - 1
        ? sse({ ...candidate(words, end), usageMetadata })
        : sse({ ...candidate(words, {}), usageMetadata: early }),
    ),
  };
}

/** Embeddings report no usage. */
export function replyToEmbedContent(asked: Asked): Reply {
  const model = /\/models\/([^/:]+):/.exec(asked.path)?.[1] ?? '';
  const embedding = { values: [0.5, -0.25] };
  const isBatch = asked.path.includes(':batchEmbedContents');
  const body = isBatch ? { embeddings: [embedding, embedding] } : { embedding };
  return { provider: 'gcp.gemini', model, tokens: undefined, ...json(body) };
}
