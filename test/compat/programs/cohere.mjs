import { CohereClientV2 } from 'cohere-ai';
import { attempt, collect, run, settled, url } from './program.mjs';

const client = new CohereClientV2({ token: 'none', environment: url });
const ask = (content) => ({ model: 'command-a-03-2025', messages: [{ role: 'user', content }] });

run(async () => {
  await attempt('chat', () => client.chat(ask('plain')));
  await attempt('withRawResponse', async () => {
    const { data, rawResponse } = await client.chat(ask('raw')).withRawResponse();
    return { data, status: rawResponse.status };
  });
  await attempt('chatStream', async () => collect(await client.chatStream(ask('stream'))));
  await attempt('embed', async () => {
    const ask = { model: 'embed-v4.0', inputType: 'search_query', texts: ['a'] };
    return (await client.embed({ ...ask, embeddingTypes: ['float'] })).embeddings;
  });
  await attempt('rerank', () =>
    client.rerank({ model: 'rerank-v3.5', query: 'a', documents: ['a', 'b'] }),
  );
  await attempt('break', async () => {
    for await (const event of await client.chatStream(ask('case:hold'))) {
      if (event.type === 'content-delta') break;
    }
    return 'left';
  });
  await attempt('abort', async () => {
    const controller = new AbortController();
    const options = { abortSignal: controller.signal };
    const seen = [];
    for await (const event of await client.chatStream(ask('case:hold a'), options)) {
      seen.push(event.type);
      if (event.delta?.message?.content?.text === 'words ') controller.abort();
    }
    return seen;
  });
  await settled('after break and abort');
  await attempt('timeout', () =>
    client.chat(ask('case:hang'), { timeoutInSeconds: 0.25, maxRetries: 0 }),
  );
  await settled('after timeout');
  await attempt('error', () => client.chat(ask('case:fail')));
  await attempt('retry', () => client.chat(ask('case:retry'), { maxRetries: 1 }));
});
