import OpenAI, { AzureOpenAI } from 'openai';
import { attempt, collect, run, settled, url } from './program.mjs';

const MODEL = 'gpt-4o';
const client = new AzureOpenAI({ endpoint: url, apiKey: 'none', apiVersion: '2024-10-21' });
const deployed = new AzureOpenAI({
  endpoint: url,
  apiKey: 'none',
  apiVersion: '2024-10-21',
  deployment: MODEL,
});
/** The path of Azure's newer API, where the model is in the body only. */
const plain = new OpenAI({ baseURL: `${url}/openai/v1/`, apiKey: 'none' });
const ask = (content, more) => ({ model: MODEL, messages: [{ role: 'user', content }], ...more });
const streamed = { stream: true, stream_options: { include_usage: true } };

async function calls(name, { chat, embeddings }) {
  await attempt(`${name} create`, () => chat.completions.create(ask('plain')));
  await attempt(`${name} withResponse`, async () => {
    const { data, response } = await chat.completions.create(ask('with')).withResponse();
    return [data, response.status];
  });
  await attempt(`${name} stream`, async () =>
    collect(await chat.completions.create(ask('stream', streamed))),
  );
  await attempt(`${name} stream without usage`, async () =>
    collect(await chat.completions.create(ask('silent', { stream: true }))),
  );
  await attempt(`${name} embeddings`, () =>
    embeddings.create({ model: 'text-embedding-3-small', input: 'a' }),
  );
  await attempt(`${name} error`, () => chat.completions.create(ask('case:fail')));
}

run(async () => {
  await calls('deployment by model', client);
  await calls('v1', plain);
  await attempt('one deployment', () => deployed.chat.completions.create(ask('deployed')));
  await attempt('retry', () => client.chat.completions.create(ask('case:retry')));
  await attempt('responses', () => plain.responses.create({ model: MODEL, input: 'plain' }));
  await attempt('break', async () => {
    const stream = await client.chat.completions.create(ask('case:hold', streamed));
    for await (const chunk of stream) if (chunk.choices[0].delta.content === 'and ') break;
    return stream.controller.signal.aborted;
  });
  await settled('after break');
  await attempt('timeout', () =>
    client.chat.completions.create(ask('case:hang'), { timeout: 250, maxRetries: 0 }),
  );
  await settled('after timeout');
});
