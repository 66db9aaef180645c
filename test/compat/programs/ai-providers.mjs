import { createAzure } from '@ai-sdk/azure';
import { createCohere } from '@ai-sdk/cohere';
import { createDeepSeek } from '@ai-sdk/deepseek';
import { createFireworks } from '@ai-sdk/fireworks';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createGroq } from '@ai-sdk/groq';
import { createMistral } from '@ai-sdk/mistral';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { createPerplexity } from '@ai-sdk/perplexity';
import { createTogetherAI } from '@ai-sdk/togetherai';
import { createXai } from '@ai-sdk/xai';
import { createOpenRouter } from '@openrouter/ai-sdk-provider';
import { generateText, rerank, streamText } from 'ai';
import { attempt, collect, run, url } from './program.mjs';

const hosts = JSON.parse(process.env.COMPAT_OTHERS);
/** Settings of a provider whose API begins at a path of its own host. */
const at = (provider, path = '') => ({
  apiKey: 'none',
  baseURL: `http://${hosts[provider]}${path}`,
});

const cohere = createCohere(at('cohere', '/v2'));
const azure = createAzure({ ...at('azure.ai.openai', '/openai'), apiVersion: 'v1' });
const models = {
  azure: azure.chat('gpt-4o'),
  'azure responses': azure('gpt-4o'),
  cohere: cohere('command-a-03-2025'),
  deepseek: createDeepSeek(at('deepseek'))('deepseek-chat'),
  fireworks: createFireworks(at('fireworks', '/inference/v1'))(
    'accounts/fireworks/models/deepseek-v3p2',
  ),
  google: createGoogleGenerativeAI({ apiKey: 'none', baseURL: `${url}/v1beta` })(
    'gemini-2.5-flash',
  ),
  groq: createGroq(at('groq', '/openai/v1'))('llama-3.3-70b-versatile'),
  mistral: createMistral(at('mistral_ai', '/v1'))('mistral-large-2512'),
  openrouter: createOpenRouter(at('openrouter', '/api/v1'))('openai/gpt-4o'),
  perplexity: createPerplexity(at('perplexity'))('sonar'),
  together: createTogetherAI(at('together', '/v1'))('meta-llama/Llama-3.3-70B-Instruct-Turbo'),
  xai: createXai(at('x_ai', '/v1'))('grok-4.7'),
  compatible: createOpenAICompatible({ name: 'own', ...at('vllm', '/v1') })('llama-own'),
};

run(async () => {
  for (const [name, model] of Object.entries(models)) {
    await attempt(`${name} generateText`, async () => {
      const { text, usage, finishReason } = await generateText({ model, prompt: 'plain' });
      return { text, usage, finishReason };
    });
    await attempt(`${name} streamText`, async () => {
      const result = streamText({ model, prompt: 'stream', onError: () => undefined });
      return [await collect(result.textStream), await result.usage];
    });
    await attempt(`${name} error`, () =>
      generateText({ model, prompt: 'case:fail', maxRetries: 0 }),
    );
  }
  await attempt('rerank', async () => {
    const model = cohere.reranking('rerank-v3.5');
    return (await rerank({ model, query: 'a', documents: ['a', 'b'] })).ranking;
  });
});
