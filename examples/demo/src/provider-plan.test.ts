import Anthropic from '@anthropic-ai/sdk';
import { startReplayProvider } from '@tokenmeter/testkit';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { drawOutputTokens, FEATURE_TABLE, FEATURES, planCall } from './features.ts';
import { createProviderPlan } from './provider-plan.ts';
import { createRandom } from './random.ts';

const text = (tokens: number): string => 'word'.repeat(tokens);

test('the provider counts the prompt that it is sent and serves the dated model', async () => {
  await using provider = await startReplayProvider({ plan: createProviderPlan(createRandom(5)) });
  const openai = new OpenAI({ baseURL: `${provider.url}/v1`, apiKey: 'none' });
  const anthropic = new Anthropic({ baseURL: provider.url, apiKey: 'none' });
  const chat = await openai.chat.completions.create({
    model: 'gpt-4o',
    max_completion_tokens: 300,
    messages: [
      { role: 'system', content: text(350) },
      { role: 'user', content: text(200) },
    ],
  });
  expect(chat).toMatchObject({ model: 'gpt-4o-2024-08-06', usage: { prompt_tokens: 550 } });
  const response = await openai.responses.create({
    model: 'gpt-5-mini',
    max_output_tokens: 600,
    instructions: text(2048),
    input: text(300),
  });
  expect(response).toMatchObject({ usage: { input_tokens: 2348 } });
  expect([0, 2048]).toContain(response.usage?.input_tokens_details.cached_tokens);
  const message = await anthropic.messages.create({
    model: 'claude-haiku-4-5',
    max_tokens: 60,
    system: text(400),
    messages: [{ role: 'user', content: text(100) }],
  });
  expect(message).toMatchObject({
    model: 'claude-haiku-4-5-20251001',
    usage: { input_tokens: 500 },
  });
  expect(message.usage.output_tokens).toBeGreaterThanOrEqual(24);
  expect(message.usage.output_tokens).toBeLessThanOrEqual(54);
});

test.for(FEATURES)('the second prompt version of %s costs three times the tokens', (name) => {
  const first = planCall(name, 1, createRandom(2));
  const second = planCall(name, 2, createRandom(2));
  expect(second).toEqual({
    feature: FEATURE_TABLE[name],
    promptVersion: 'v2',
    instructionTokens: 3 * first.instructionTokens,
    contentTokens: 3 * first.contentTokens,
    maxOutputTokens: 3 * first.maxOutputTokens,
  });
});

test('answers use two fifths to nine tenths of what they may', () => {
  const random = createRandom(9);
  const lengths = Array.from({ length: 500 }, () => drawOutputTokens(1000, random));
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(400);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(900);
});
