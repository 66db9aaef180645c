import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Usage } from './call-record.ts';
import { decodeRequest } from './decode-request.ts';
import type { Endpoint } from './decoder.ts';
import { inclusiveTotals } from './inclusive-totals.ts';
import { createResponseDecoder } from './response-decoder.ts';

const CHAT: Endpoint = {
  api: 'openai.chat',
  provider: 'openai',
  operation: 'chat',
  modifiers: {},
};
const MESSAGES: Endpoint = { ...CHAT, api: 'anthropic.messages', provider: 'anthropic' };

const GEMINI: Endpoint = { ...CHAT, api: 'gemini.generate', provider: 'gcp.gemini' };
const CONVERSE: Endpoint = { ...CHAT, api: 'bedrock.converse', provider: 'aws.bedrock' };
function usageOf(endpoint: Endpoint, usageText: string): Usage {
  const head = { statusCode: 200, contentType: 'application/json' };
  const decoder = createResponseDecoder(endpoint, head, decodeRequest(endpoint, '{}'));
  decoder.push(
    `{"id":"x","type":"message","model":"m","usage":${usageText},"usageMetadata":${usageText}}`,
  );
  return decoder.result().usage;
}

const count = fc.nat(1_000_000);

test('the classes of OpenAI usage sum to the reported totals', () => {
  fc.assert(
    fc.property(count, count, count, count, (cached, uncached, visible, reasoning) => {
      const [input, output] = [cached + uncached, visible + reasoning];
      const usage = usageOf(
        CHAT,
        JSON.stringify({
          prompt_tokens: input,
          completion_tokens: output,
          total_tokens: input + output,
          prompt_tokens_details: { cached_tokens: cached },
          completion_tokens_details: { reasoning_tokens: reasoning },
        }),
      );
      expect(usage.kind === 'reported' && inclusiveTotals(usage.tokens)).toEqual({
        inputTokens: input,
        outputTokens: output,
        cacheReadTokens: cached,
        reasoningTokens: reasoning,
      });
    }),
  );
});

test('the classes of Gemini usage sum to prompt, tool use, candidates and thoughts', () => {
  const uncached = fc.tuple(count, count, count);
  fc.assert(
    fc.property(uncached, fc.tuple(count, count), uncached, ([text, audio, tools], cached, out) => {
      const [cachedText, cachedAudio] = cached;
      const [visible, image, thoughts] = out;
      const prompt = text + audio + cachedText + cachedAudio;
      const usage = usageOf(
        GEMINI,
        JSON.stringify({
          promptTokenCount: prompt,
          cachedContentTokenCount: cachedText + cachedAudio,
          toolUsePromptTokenCount: tools,
          candidatesTokenCount: visible + image,
          thoughtsTokenCount: thoughts,
          totalTokenCount: prompt + tools + visible + image + thoughts,
          promptTokensDetails: [{ modality: 'AUDIO', tokenCount: audio + cachedAudio }],
          cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: cachedAudio }],
          candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: image }],
        }),
      );
      expect(usage.kind === 'reported' && inclusiveTotals(usage.tokens)).toEqual({
        inputTokens: prompt + tools,
        outputTokens: visible + image + thoughts,
        cacheReadTokens: cachedText + cachedAudio,
        reasoningTokens: thoughts,
        audioInputTokens: audio + cachedAudio,
        imageOutputTokens: image,
      });
    }),
  );
});

test('the classes of Bedrock usage sum to input plus both cache counts', () => {
  fc.assert(
    fc.property(count, count, count, count, (input, read, short, long) => {
      const usage = usageOf(
        CONVERSE,
        JSON.stringify({
          inputTokens: input,
          outputTokens: 1,
          totalTokens: input + 1 + read + short + long,
          cacheReadInputTokens: read,
          cacheWriteInputTokens: short + long,
          cacheDetails: [{ ttl: '1h', inputTokens: long }],
        }),
      );
      expect(usage.kind === 'reported' && inclusiveTotals(usage.tokens)).toEqual({
        inputTokens: input + read + short + long,
        outputTokens: 1,
        cacheReadTokens: read,
        cacheWriteTokens: short + long,
      });
    }),
  );
});

test('the classes of Anthropic usage sum to input plus both cache counts', () => {
  fc.assert(
    fc.property(count, count, count, count, (input, read, short, long) => {
      const usage = usageOf(
        MESSAGES,
        JSON.stringify({
          input_tokens: input,
          cache_read_input_tokens: read,
          cache_creation_input_tokens: short + long,
          cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
          output_tokens: 1,
        }),
      );
      expect(usage.kind === 'reported' && inclusiveTotals(usage.tokens)).toEqual({
        inputTokens: input + read + short + long,
        outputTokens: 1,
        cacheReadTokens: read,
        cacheWriteTokens: short + long,
      });
    }),
  );
});
