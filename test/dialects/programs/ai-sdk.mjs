import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { drain, exporter, inSpan, run, startTracing, step, urls } = require('./program.cjs');

const [major = '5'] = /\d+$/.exec(process.env.DIALECT) ?? [];
const all = ['cache_read', 'reasoning'];
const cached = ['cache_read', 'cache_write_5m'];

run(async () => {
  if (process.env.DIALECT.includes('vercel')) {
    const { OpenInferenceSimpleSpanProcessor } = await import('@arizeai/openinference-vercel');
    startTracing([], [new OpenInferenceSimpleSpanProcessor({ exporter: exporter() })]);
  } else startTracing();
  const ai = await import('ai');
  const { createOpenAI } = await import('@ai-sdk/openai');
  const { createAnthropic } = await import('@ai-sdk/anthropic');
  const { createGoogleGenerativeAI } = await import('@ai-sdk/google');
  const { z } = await import('zod');
  if (major === '7') {
    const otel = await import('@ai-sdk/otel');
    // The plain integration leaves out what the conventions have no name for.
    const more = { usage: true, providerMetadata: true, embedding: true };
    const isPlain = process.env.DIALECT === 'js-ai-sdk-7';
    ai.registerTelemetry(new otel.OpenTelemetry(isPlain ? {} : more));
  }
  const telemetry =
    major === '7'
      ? { telemetry: { functionId: 'greet' } }
      : { experimental_telemetry: { isEnabled: true, functionId: 'greet' } };
  const openai = createOpenAI({ baseURL: urls.openai, apiKey: 'none' });
  const anthropic = createAnthropic({ baseURL: `${urls.anthropic}/v1`, apiKey: 'none' });
  const google = createGoogleGenerativeAI({ baseURL: `${urls.other}/v1beta`, apiKey: 'none' });
  const request = (model, more) => ({ model, prompt: 'hello', ...telemetry, ...more });
  const generate = (model, more) => ai.generateText(request(model, more));
  const stream = async (model, more) =>
    drain((await ai.streamText(request(model, { onError: () => undefined, ...more }))).textStream);
  const clock = ai.tool({
    description: 'tells the time',
    inputSchema: z.object({ zone: z.string() }),
    execute: async () => 'noon',
  });
  const withTool = { tools: { clock }, stopWhen: ai.stepCountIs?.(3) ?? ai.isStepCount(3) };
  const sonnet = anthropic('claude-sonnet-4-5');

  for (const [name, model, classes] of [
    ['chat', openai.chat('gpt-4o'), all],
    ['responses', openai.responses('gpt-5-mini'), all],
    ['messages', sonnet, cached],
    ['gemini', google('gemini-2.5-flash'), all],
  ]) {
    await step(name, {}, () => generate(model));
    await step(`${name}, cached prompt`, { classes }, () => generate(model));
    await step(`${name}, streamed`, { classes }, () => stream(model));
    await step(`${name}, tool in two turns`, { classes, callsTool: true }, () =>
      generate(model, withTool),
    );
    await step(`${name}, tool in two turns, streamed`, { classes, callsTool: true }, () =>
      stream(model, withTool),
    );
    await step(`${name}, object`, { classes }, () =>
      ai.generateObject({ ...request(model), output: 'no-schema' }).catch((error) => {
        if (error.name !== 'AI_NoObjectGeneratedError') throw error;
      }),
    );
    await step(`${name}, refused`, { status: 400 }, () => generate(model));
  }
  await step(
    'messages, cache written for an hour',
    { classes: [...cached, 'cache_write_1h'] },
    () => generate(sonnet),
  );
  await step('messages, thinking', { classes: [...cached, 'reasoning'] }, () => generate(sonnet));
  await step('chat, second attempt', { failsFirst: true, classes: all }, () =>
    generate(openai.chat('gpt-4o')),
  );
  await step('chat, unknown model', {}, () => generate(openai.chat('acme-chat-1')));
  await step('two calls below a span of the application', { classes: cached }, () =>
    inSpan('answer', async () => {
      await generate(openai.chat('gpt-4o'));
      await stream(sonnet);
    }),
  );
  const embedding = (openai.embedding ?? openai.textEmbeddingModel)('text-embedding-3-small');
  await step('embed', {}, () => ai.embed({ model: embedding, value: 'hello', ...telemetry }));
  await step('embed many', {}, () =>
    ai.embedMany({ model: embedding, values: ['hello', 'hello'], ...telemetry }),
  );
});
