import { type Asked, json, type Reply, sse, type Tokens, WORDS } from './reply.ts';

/** The AI Gateway: the model in a header, the cost of all in `providerMetadata`, in USD as a decimal text. */
export function replyToGateway(asked: Asked): Reply {
  const model = String(asked.headers['ai-language-model-id']);
  const input = 300 + asked.position;
  const output = 20 + asked.position;
  const tokens: Tokens = { input, cache_read: 50, output, reasoning: 5 };
  const costUsd = (input + output) / 1e6;
  const isFlat = asked.headers['ai-language-model-specification-version'] === '2';
  const finish = {
    finishReason: isFlat ? 'stop' : { unified: 'stop', raw: 'stop' },
    usage: isFlat ? flatUsage(tokens) : usage(tokens),
    providerMetadata: metadata(costUsd, asked),
  };
  const about = { id: `resp_${asked.position}`, modelId: model.replace(/^[^/]+\//, '') };
  const reply = { provider: 'vercel', model, tokens, costUsd };
  if (asked.headers['ai-language-model-streaming'] !== 'true') {
    const content = [{ type: 'text', text: WORDS.join('') }];
    return { ...reply, ...json({ content, ...finish, warnings: [], response: about }) };
  }
  const parts = [
    { type: 'stream-start', warnings: [] },
    { type: 'response-metadata', ...about },
    { type: 'text-start', id: '0' },
    ...WORDS.map((delta) => ({ type: 'text-delta', id: '0', delta })),
    { type: 'text-end', id: '0' },
    { type: 'finish', ...finish },
  ];
  return { ...reply, contentType: 'text/event-stream', pieces: parts.map((part) => sse(part)) };
}

/** Embeddings through the gateway. */
export function replyToGatewayEmbedding(asked: Asked): Reply {
  const input = 9 + asked.position;
  const costUsd = input / 1e8;
  return {
    provider: 'vercel',
    model: String(asked.headers['ai-model-id']),
    tokens: { input },
    costUsd,
    ...json({
      embeddings: [[0.5, -0.25]],
      usage: { tokens: input },
      providerMetadata: metadata(costUsd, asked),
    }),
  };
}

function metadata(costUsd: number, { position }: Asked): object {
  const cost = costUsd.toFixed(12);
  return { gateway: { cost, marketCost: cost, generationId: `gen_${position}` } };
}

/** As AI SDK 5 reads it. */
function flatUsage({ input = 0, cache_read = 0, output = 0, reasoning = 0 }: Tokens): object {
  const inputTokens = input + cache_read;
  const outputTokens = output + reasoning;
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    reasoningTokens: reasoning,
    cachedInputTokens: cache_read,
  };
}

/** As AI SDK 6 and 7 read it. */
function usage({ input = 0, cache_read = 0, output = 0, reasoning = 0 }: Tokens): object {
  return {
    inputTokens: { total: input + cache_read, noCache: input, cacheRead: cache_read },
    outputTokens: { total: output + reasoning, text: output, reasoning },
  };
}
