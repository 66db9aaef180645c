import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { embed, generateObject, generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { abortAtText, attempt, collect, run, settled, url } from './program.mjs';

const openai = createOpenAI({ apiKey: 'none', baseURL: `${url}/v1` });
const anthropic = createAnthropic({ apiKey: 'none', baseURL: `${url}/v1` });
const models = [
  ['chat', openai.chat('gpt-4o')],
  ['responses', openai.responses('gpt-4o')],
  ['messages', anthropic('claude-haiku-4-5')],
];
/** Errors of a stream reach the program where it reads, not its console. */
const quiet = { onError: () => undefined };

async function calls(name, model) {
  await attempt(`${name} generateText`, async () => {
    const { text, finishReason, usage } = await generateText({ model, prompt: 'plain' });
    return { text, finishReason, usage };
  });
  await attempt(`${name} streamText`, async () => {
    const result = streamText({ model, prompt: 'stream', ...quiet });
    return { pieces: await collect(result.textStream), usage: await result.usage };
  });
  await attempt(`${name} abort`, () =>
    abortAtText((abortSignal) =>
      streamText({ model, prompt: 'case:hold', abortSignal, maxRetries: 0, ...quiet }),
    ),
  );
  await settled(`${name} after abort`);
  await attempt(`${name} error`, () => generateText({ model, prompt: 'case:fail', maxRetries: 0 }));
}

run(async () => {
  for (const [name, model] of models) await calls(name, model);
  await attempt('tools', async () => {
    const weather = tool({
      description: 'Weather of a city',
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => `rain in ${city}`,
    });
    const result = await generateText({
      model: openai.chat('gpt-4o'),
      prompt: 'tools',
      tools: { weather },
      stopWhen: stepCountIs(3),
    });
    return { text: result.text, steps: result.steps.length };
  });
  await attempt('generateObject', async () => {
    const schema = z.object({ city: z.string() });
    const model = openai.chat('gpt-4o');
    return (await generateObject({ model, schema, prompt: 'object' })).object;
  });
  await attempt('timeout', () =>
    generateText({
      model: openai.chat('gpt-4o'),
      prompt: 'case:hang',
      abortSignal: AbortSignal.timeout(250),
      maxRetries: 0,
    }),
  );
  await settled('after timeout');
  await attempt('embed', async () => {
    const model = openai.embedding('text-embedding-3-small');
    const { embedding, usage } = await embed({ model, value: 'a' });
    return { embedding, usage };
  });
  await attempt('retry', async () => {
    const result = await generateText({ model: openai.chat('gpt-4o'), prompt: 'case:retry' });
    return result.text;
  });
});
