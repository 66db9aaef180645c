import { Mistral } from '@mistralai/mistralai';
import { attempt, collect, run, settled, url } from './program.mjs';

const client = new Mistral({ apiKey: 'none', serverURL: url });
const ask = (content) => ({
  model: 'mistral-large-2512',
  messages: [{ role: 'user', content }],
});

run(async () => {
  const { chat } = client;
  await attempt('complete', () => chat.complete(ask('plain')));
  await attempt('stream', async () => collect(await chat.stream(ask('stream'))));
  await attempt('embeddings', async () => {
    const { data } = await client.embeddings.create({ model: 'mistral-embed', inputs: ['a'] });
    return data.length;
  });
  await attempt('fim', async () => {
    const ask = { model: 'mistral-large-2512', prompt: 'def', suffix: 'return' };
    return (await client.fim.complete(ask)).choices.length;
  });
  await attempt('a list', async () => (await client.models.list()).data.length);
  await attempt('break', async () => {
    for await (const { data } of await chat.stream(ask('case:hold'))) {
      if (data.choices[0].delta.content === 'and ') break;
    }
    return 'left';
  });
  await settled('after break');
  await attempt('abort', async () => {
    const controller = new AbortController();
    const fetchOptions = { signal: controller.signal };
    const seen = [];
    for await (const { data } of await chat.stream(ask('case:hold a'), { fetchOptions })) {
      seen.push(data.choices[0].delta.content);
      if (data.choices[0].delta.content === 'and ') controller.abort();
    }
    return seen;
  });
  await settled('after abort');
  await attempt('timeout', () => chat.complete(ask('case:hang'), { timeoutMs: 250 }));
  await settled('after timeout');
  await attempt('error', () => chat.complete(ask('case:fail')));
  await attempt('retry', () => {
    const backoff = { initialInterval: 1, maxInterval: 5, exponent: 1.5, maxElapsedTime: 5000 };
    const retries = { strategy: 'backoff', backoff, retryConnectionErrors: false };
    return chat.complete(ask('case:retry'), { retries });
  });
});
