import * as azure from '@azure-rest/ai-inference';
import { attempt, collect, run, settled, url } from './program.mjs';

// As a CommonJS module it has its default inside its default.
const createClient = azure.default.default ?? azure.default;
const { isUnexpected } = azure;
const options = {
  allowInsecureConnection: true,
  retryOptions: { maxRetries: 1, retryDelayInMs: 1 },
};
const client = createClient(`${url}/models`, { key: 'none' }, options);
const chat = client.path('/chat/completions');
const ask = (content, more) => ({
  body: { model: 'Phi-4', messages: [{ role: 'user', content }], ...more },
});

/** What a caller sees of a whole answer. */
async function seen(response) {
  const answer = await response;
  return [answer.status, isUnexpected(answer), answer.body];
}

run(async () => {
  await attempt('chat', () => seen(chat.post(ask('plain'))));
  await attempt('embeddings', () =>
    seen(client.path('/embeddings').post({ body: { model: 'cohere-embed', input: ['a'] } })),
  );
  await attempt('stream', async () => {
    const { status, body } = await chat.post(ask('stream', { stream: true })).asNodeStream();
    return [status, Buffer.concat(await collect(body)).toString()];
  });
  await attempt('text stream', async () => {
    const { body } = await chat.post(ask('bytes', { stream: true })).asNodeStream();
    let text = '';
    for await (const piece of body.setEncoding('utf8')) text += piece;
    return text.length;
  });
  await attempt('break', async () => {
    const { body } = await chat.post(ask('case:hold', { stream: true })).asNodeStream();
    let text = '';
    for await (const piece of body) {
      text += piece;
      if (text.includes('"and "')) break;
    }
    return 'left';
  });
  await settled('after break');
  await attempt('abort', () =>
    seen(chat.post({ ...ask('case:hang'), abortSignal: AbortSignal.timeout(250) })),
  );
  await settled('after abort');
  await attempt('error', () => seen(chat.post(ask('case:fail'))));
  await attempt('retry', () => seen(chat.post(ask('case:retry'))));
});
