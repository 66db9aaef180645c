import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool } from '@openai/agents';
import { z } from 'zod';
import { attempt, run, settled, url } from './program.mjs';

setTracingDisabled(true);

const weather = tool({
  name: 'weather',
  description: 'Weather of a city',
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => `rain in ${city}`,
});

async function calls(name, useResponses) {
  const modelProvider = new OpenAIProvider({ apiKey: 'none', baseURL: `${url}/v1`, useResponses });
  const runner = new Runner({ modelProvider, tracingDisabled: true });
  const agent = new Agent({ name: 'a', instructions: 'Be short.', model: 'gpt-4o' });
  await attempt(`${name} run`, async () => {
    const { finalOutput, rawResponses } = await runner.run(agent, 'plain');
    return { finalOutput, usage: rawResponses.map(({ usage }) => usage) };
  });
  await attempt(`${name} stream`, async () => {
    const result = await runner.run(agent, 'stream', { stream: true });
    let text = '';
    for await (const piece of result.toTextStream()) text += piece;
    await result.completed;
    return text;
  });
  await attempt(`${name} abort`, async () => {
    const controller = new AbortController();
    const options = { stream: true, signal: controller.signal };
    const result = await runner.run(agent, 'case:hold', options);
    for await (const _ of result.toTextStream()) controller.abort();
    return result.completed;
  });
  await settled(`${name} after abort`);
  await attempt(`${name} error`, () => runner.run(agent, 'case:fail'));
  await attempt(`${name} retry`, async () => (await runner.run(agent, 'case:retry')).finalOutput);
  await settled(`${name} after all`);
}

run(async () => {
  await calls('responses', true);
  await calls('chat', false);
  await attempt('tools', async () => {
    const modelProvider = new OpenAIProvider({
      apiKey: 'none',
      baseURL: `${url}/v1`,
      useResponses: false,
    });
    const agent = new Agent({ name: 'b', model: 'gpt-4o', tools: [weather] });
    return (await new Runner({ modelProvider, tracingDisabled: true }).run(agent, 'tools'))
      .finalOutput;
  });
});
