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
