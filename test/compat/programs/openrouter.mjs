import { OpenRouter } from '@openrouter/sdk';
import { attempt, collect, run, settled, url } from './program.mjs';

const client = new OpenRouter({
  apiKey: 'none',
  serverURL: `${url}/api/v1`,
  retryConfig: { strategy: 'none' },
});
const retrying = {
  retries: {
    strategy: 'backoff',
    backoff: { initialInterval: 1, maxInterval: 2, exponent: 1, maxElapsedTime: 5000 },
    retryConnectionErrors: true,
  },
  retryCodes: ['500'],
};
const ask = (content, more) => ({
  chatRequest: { model: 'openai/gpt-4o', messages: [{ role: 'user', content }], ...more },
});

run(async () => {
  await attempt('send', () => client.chat.send(ask('plain')));
  await attempt('stream', async () =>
    collect(await client.chat.send(ask('stream', { stream: true }))),
  );
  await attempt('break', async () => {
    const stream = await client.chat.send(ask('case:hold', { stream: true }));
    for await (const chunk of stream) if (chunk.choices[0].delta.content === 'and ') break;
    return 'left';
  });
  await settled('after break');
  await attempt('timeout', () => client.chat.send(ask('case:hang'), { timeoutMs: 250 }));
  await settled('after timeout');
  await attempt('error', () => client.chat.send(ask('case:fail')));
  await attempt('retry', () => client.chat.send(ask('case:retry'), retrying));
});
