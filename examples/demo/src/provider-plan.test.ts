import Anthropic from '@anthropic-ai/sdk';
import { startReplayProvider } from '@tokenmeter/testkit';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import {
  drawCachedTokens,
  drawCalls,
  drawOutputTokens,
  FEATURE_TABLE,
  FEATURES,
  planCall,
} from './features.ts';
import { createProviderPlan, INSTRUCTIONS_HEAD } from './provider-plan.ts';
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

test('the second prompt version of summarize has three times the tokens', () => {
  const tokens = (version: 1 | 2): number => {
    const random = createRandom(2);
    const calls = Array.from({ length: 2000 }, () => {
      const call = planCall('summarize', version, random);
      const input = call.instructionTokens + call.contentTokens;
      return input + drawOutputTokens(call.maxOutputTokens, random);
    });
    return calls.reduce((sum, count) => sum + count, 0) / calls.length;
  };
  expect(tokens(2) / tokens(1)).toBeGreaterThan(2.9);
  expect(tokens(2) / tokens(1)).toBeLessThan(3.1);
});

test.for(FEATURES)('calls of %s drawn together have the sums of calls drawn one by one', (name) => {
  const random = createRandom(4);
  const calls = 5000;
  const one = { input: 0, cached: 0, output: 0 };
  for (let index = 0; index < calls; index += 1) {
    const call = planCall(name, 1, random);
    const cached = drawCachedTokens(FEATURE_TABLE[name], call.instructionTokens, random);
    one.input += call.instructionTokens + call.contentTokens - cached;
    one.cached += cached;
    one.output += drawOutputTokens(call.maxOutputTokens, random);
  }
  const sums = drawCalls(name, calls, random);
  expect(Math.abs(sums.inputTokens / one.input - 1)).toBeLessThan(0.05);
  expect(Math.abs(sums.outputTokens / one.output - 1)).toBeLessThan(0.05);
  expect(Math.abs((sums.cachedTokens + 1) / (one.cached + 1) - 1)).toBeLessThan(0.05);
  expect(sums.cachedTokens).toBe(sums.hits * FEATURE_TABLE[name].instructionTokens);
});

test('answers use two fifths to nine tenths of what they may', () => {
  const random = createRandom(9);
  const lengths = Array.from({ length: 500 }, () => drawOutputTokens(1000, random));
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(400);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(900);
});

test('instructions that begin with anything else are never cached', async () => {
  await using provider = await startReplayProvider({ plan: createProviderPlan(createRandom(5)) });
  const openai = new OpenAI({ baseURL: `${provider.url}/v1`, apiKey: 'none' });
  const cachedOf = async (head: string): Promise<number> => {
    let cached = 0;
    for (let call = 0; call < 12; call += 1) {
      const response = await openai.responses.create({
        model: 'gpt-5-mini',
        max_output_tokens: 600,
        instructions: head + text(2048),
        input: text(300),
      });
      cached += response.usage?.input_tokens_details.cached_tokens ?? 0;
    }
    return cached;
  };
  expect(await cachedOf(INSTRUCTIONS_HEAD)).toBeGreaterThan(0);
  expect(await cachedOf('It is noon. ')).toBe(0);
});
