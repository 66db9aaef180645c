import { Ollama } from 'ollama';
import { attempt, collect, run, settled, url } from './program.mjs';

const client = new Ollama({ host: url });
const ask = (content, more) => ({
  model: 'llama3.2',
  messages: [{ role: 'user', content }],
  ...more,
});

run(async () => {
  await attempt('chat', () => client.chat(ask('plain')));
  await attempt('stream', async () => collect(await client.chat(ask('stream', { stream: true }))));
  await attempt('generate', () => client.generate({ model: 'llama3.2', prompt: 'generate' }));
  await attempt('generate stream', async () =>
    collect(await client.generate({ model: 'llama3.2', prompt: 'stream', stream: true })),
  );
  await attempt('embed', () => client.embed({ model: 'llama3.2', input: 'a' }));
  await attempt('a list', async () => (await client.list()).models.length);
  await attempt('abort', async () => {
    const stream = await client.chat(ask('case:hold', { stream: true }));
    const seen = [];
    for await (const { message } of stream) {
      seen.push(message.content);
      if (message.content === 'and ') stream.abort();
    }
    return seen;
  });
  await settled('after abort');
  await attempt('error', () => client.chat(ask('case:fail')));
});
