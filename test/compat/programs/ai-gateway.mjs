import { createGateway, embed, generateText, streamText } from 'ai';
import { abortAtText, attempt, collect, run, settled, url } from './program.mjs';

// What a string as a model means, at the gateway of this test.
globalThis.AI_SDK_DEFAULT_PROVIDER = createGateway({ apiKey: 'none', baseURL: `${url}/v4/ai` });
const model = 'openai/gpt-4o';
/** Errors of a stream reach the program where it reads, not its console. */
const quiet = { onError: () => undefined };

run(async () => {
  await attempt('generateText', async () => {
    const { text, finishReason, usage, providerMetadata } = await generateText({
      model,
      prompt: 'plain',
    });
    return { text, finishReason, usage, providerMetadata };
  });
  await attempt('streamText', async () => {
    const result = streamText({ model, prompt: 'stream', ...quiet });
    return { pieces: await collect(result.textStream), usage: await result.usage };
  });
  await attempt('abort', () =>
    abortAtText((abortSignal) =>
      streamText({ model, prompt: 'case:hold', abortSignal, maxRetries: 0, ...quiet }),
    ),
  );
  await settled('after abort');
  await attempt('error', () => generateText({ model, prompt: 'case:fail', maxRetries: 0 }));
  await attempt('retry', async () => (await generateText({ model, prompt: 'case:retry' })).text);
  await attempt('timeout', () =>
    generateText({
      model,
      prompt: 'case:hang',
      abortSignal: AbortSignal.timeout(250),
      maxRetries: 0,
    }),
  );
  await settled('after timeout');
  await attempt('embed', async () => {
    const { embedding, usage } = await embed({
      model: 'openai/text-embedding-3-small',
      value: 'a',
    });
    return { embedding, usage };
  });
});
