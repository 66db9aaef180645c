import Anthropic from '@anthropic-ai/sdk';
import { attempt, collect, run, settled, show, url } from './program.mjs';

const client = new Anthropic({ baseURL: url, apiKey: 'none', maxRetries: 2 });
const { messages } = client;
const ask = (content, more) => ({
  model: 'claude-haiku-4-5',
  max_tokens: 64,
  messages: [{ role: 'user', content }],
  ...more,
});
const streamed = { stream: true };

async function calls() {
  await attempt('create', () => messages.create(ask('plain')));
  await attempt('withResponse', async () => {
    const { data, response } = await messages.create(ask('with')).withResponse();
    return { data, status: response.status, type: response.headers.get('content-type') };
  });
  await attempt('asResponse', async () => {
    const response = await messages.create(ask('as')).asResponse();
    return { status: response.status, isUsed: response.bodyUsed, body: await response.json() };
  });
  await attempt('countTokens', async () => messages.countTokens(ask('count')));
  if (typeof messages.parse === 'function') {
    await attempt('.parse()', async () => (await messages.parse(ask('parse'))).content);
  }
  await attempt('pages', async () => {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    return ids;
  });
}

async function streams() {
  await attempt('stream', async () => collect(await messages.create(ask('stream', streamed))));
  await attempt('stream withResponse', async () => {
    const { data, response } = await messages.create(ask('with', streamed)).withResponse();
    return { status: response.status, pieces: await collect(data) };
  });
  await attempt('stream asResponse', async () => {
    const response = await messages.create(ask('text', streamed)).asResponse();
    return (await response.text()).length;
  });
  await attempt('tee', async () => {
    const [left, right] = (await messages.create(ask('tee', streamed))).tee();
    return [await collect(left), (await collect(right)).length];
  });
  await attempt('.stream()', async () => {
    const stream = messages.stream(ask('helper'));
    let text = '';
    stream.on('text', (words) => {
      text += words;
    });
    return { final: await stream.finalMessage(), text };
  });
}

async function endings() {
  await attempt('break', async () => {
    const stream = await messages.create(ask('case:hold', streamed));
    for await (const event of stream) {
      if (event.type === 'content_block_delta') break;
    }
    return stream.controller.signal.aborted;
  });
  await settled('after break');
  await attempt('abort of .stream()', async () => {
    const stream = messages.stream(ask('case:hold helper'));
    stream.on('text', () => stream.abort());
    return stream.finalMessage();
  });
  await settled('after abort of .stream()');
  await attempt('abort', async () => {
    const controller = new AbortController();
    const stream = await messages.create(ask('case:hold abort', streamed), {
      signal: controller.signal,
    });
    const seen = [];
    for await (const event of stream) {
      seen.push(event.type);
      if (event.type === 'content_block_delta') controller.abort();
    }
    return seen;
  });
  await settled('after abort');
  await attempt('timeout', () =>
    messages.create(ask('case:hang'), { timeout: 250, maxRetries: 0 }),
  );
  await settled('after timeout');
  await attempt('error', () => messages.create(ask('case:fail')));
  await attempt('retry', () => messages.create(ask('case:retry')));
  await attempt('retry of a stream', async () =>
    collect(await messages.create(ask('case:retry', streamed))),
  );
}

/** Runs tools in a loop; only newer versions have it. */
async function toolRunner() {
  if (typeof client.beta.messages.toolRunner !== 'function') return;
  await attempt('.toolRunner()', async () => {
    const weather = {
      name: 'weather',
      description: 'Weather of a city',
      input_schema: { type: 'object', properties: { city: { type: 'string' } } },
      parse: (input) => input,
      run: ({ city }) => `rain in ${city}`,
    };
    const runner = client.beta.messages.toolRunner(ask('tools', { tools: [weather] }));
    return (await runner.runUntilDone()).content;
  });
}

run(async () => {
  await calls();
  await streams();
  await endings();
  await toolRunner();
  show('done', true);
});
