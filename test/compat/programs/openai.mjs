import OpenAI, { toFile } from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { attempt, collect, run, settled, show, url } from './program.mjs';

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 2 });
const { completions } = client.chat;
/** Version 4 keeps its helpers under `beta`. */
const helpers =
  typeof completions.stream === 'function' ? completions : client.beta.chat.completions;
const ask = (content, more) => ({
  model: 'gpt-4o',
  messages: [{ role: 'user', content }],
  ...more,
});
/** What a held stream says last. */
const LAST = 'and ';
const streamed = { stream: true, stream_options: { include_usage: true } };

async function calls() {
  await attempt('create', () => completions.create(ask('plain')));
  await attempt('withResponse', async () => {
    const { data, response, request_id } = await completions.create(ask('with')).withResponse();
    return {
      data,
      status: response.status,
      type: response.headers.get('content-type'),
      request_id,
    };
  });
  await attempt('asResponse', async () => {
    const response = await completions.create(ask('as')).asResponse();
    return { status: response.status, isUsed: response.bodyUsed, body: await response.json() };
  });
  await attempt('embeddings', () =>
    client.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] }),
  );
  await attempt('responses', () => client.responses.create({ model: 'gpt-4o', input: 'plain' }));
}

async function streams() {
  await attempt('stream with usage', async () =>
    collect(await completions.create(ask('usage', streamed))),
  );
  await attempt('stream without usage', async () =>
    collect(await completions.create(ask('silent', { stream: true }))),
  );
  await attempt('stream withResponse', async () => {
    const { data, response } = await completions.create(ask('with', streamed)).withResponse();
    return { status: response.status, pieces: await collect(data) };
  });
  await attempt('stream asResponse', async () => {
    const response = await completions.create(ask('text', streamed)).asResponse();
    return (await response.text()).length;
  });
  await attempt('tee', async () => {
    const [left, right] = (await completions.create(ask('tee', streamed))).tee();
    return [await collect(left), (await collect(right)).length];
  });
  await attempt('toReadableStream', async () => {
    const stream = await completions.create(ask('readable', streamed));
    return (await new Response(stream.toReadableStream()).text()).length;
  });
  await attempt('responses stream', async () =>
    collect(await client.responses.create({ model: 'gpt-4o', input: 'plain', stream: true })),
  );
}

/** Responses that OpenAI makes on its own time: fetched until they are finished, or taken up where a stream broke off. */
async function background() {
  const ask = { model: 'gpt-4o', input: 'background', background: true };
  await attempt('background', async () => {
    let response = await client.responses.create(ask);
    const states = [response.status];
    while (response.status !== 'completed') {
      response = await client.responses.retrieve(response.id);
      states.push(response.status);
    }
    const again = await client.responses.retrieve(response.id);
    return [states, response.usage, again.status];
  });
  await attempt('background stream', async () => {
    let id = '';
    let last = 0;
    const first = await client.responses.create({ ...ask, stream: true });
    for await (const event of first) {
      id = event.response?.id ?? id;
      last = event.sequence_number ?? last;
    }
    const rest = await client.responses.retrieve(id, { stream: true, starting_after: last });
    return typeof rest === 'string' ? rest.length : collect(rest);
  });
}

async function endings() {
  await attempt('break', async () => {
    const stream = await completions.create(ask('case:hold', streamed));
    for await (const chunk of stream) {
      if (chunk.choices[0].delta.content === LAST) break;
    }
    return stream.controller.signal.aborted;
  });
  await settled('after break');
  await attempt('abort', async () => {
    const controller = new AbortController();
    const stream = await completions.create(ask('case:hold abort', streamed), {
      signal: controller.signal,
    });
    const seen = [];
    for await (const chunk of stream) {
      seen.push(chunk.choices[0].delta);
      if (chunk.choices[0].delta.content === LAST) controller.abort();
    }
    return seen;
  });
  await settled('after abort');
  await attempt('timeout', () =>
    completions.create(ask('case:hang'), { timeout: 250, maxRetries: 0 }),
  );
  await settled('after timeout');
  await attempt('error', () => completions.create(ask('case:fail')));
  await attempt('retry', () => completions.create(ask('case:retry')));
  await attempt('retry of a stream', async () =>
    collect(await completions.create(ask('case:retry', streamed))),
  );
}

async function conveniences() {
  await attempt('.stream()', async () => {
    const stream = helpers.stream(ask('helper', { stream_options: { include_usage: true } }));
    let deltas = 0;
    stream.on('content', () => {
      deltas += 1;
    });
    const final = await stream.finalChatCompletion();
    return { final, deltas };
  });
  await attempt('.parse()', async () => {
    const format = zodResponseFormat(z.object({ city: z.string() }), 'place');
    const answer = await helpers.parse(ask('parse', { response_format: format }));
    return answer.choices[0].message.parsed;
  });
  await attempt('.runTools()', async () => {
    const weather = {
      name: 'weather',
      description: 'Weather of a city',
      parameters: { type: 'object', properties: { city: { type: 'string' } } },
      parse: JSON.parse,
      function: ({ city }) => `rain in ${city}`,
    };
    const runner = helpers.runTools(
      ask('tools', { tools: [{ type: 'function', function: weather }] }),
    );
    return [await runner.finalContent(), runner.messages];
  });
  await attempt('responses.stream()', async () => {
    const stream = client.responses.stream({ model: 'gpt-4o', input: 'helper' });
    return (await stream.finalResponse()).output_text;
  });
  await attempt('responses.parse()', async () => {
    const answer = await client.responses.parse({ model: 'gpt-4o', input: 'parse' });
    return answer.output_text;
  });
  await attempt('pages', async () => {
    const ids = [];
    for await (const file of client.files.list()) ids.push(file.id);
    return ids;
  });
  await attempt('one page', async () => (await client.models.list()).data.length);
}

/** What is billed in other ways than by the words of a chat. */
async function media() {
  const sound = () => toFile(Uint8Array.of(1, 2, 3), 'sound.mp3', { type: 'audio/mpeg' });
  await attempt('completions', () =>
    client.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'plain' }),
  );
  await attempt('images', () => client.images.generate({ model: 'gpt-image-1', prompt: 'a' }));
  await attempt('transcription', async () =>
    client.audio.transcriptions.create({ model: 'gpt-4o-transcribe', file: await sound() }),
  );
  await attempt('transcription stream', async () => {
    const ask = { model: 'gpt-4o-transcribe', file: await sound(), stream: true };
    return collect(await client.audio.transcriptions.create(ask));
  });
  const speech = { model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'plain' };
  await attempt('speech', async () => {
    const response = await client.audio.speech.create(speech);
    return [...new Uint8Array(await response.arrayBuffer())];
  });
  await attempt('speech events', async () => {
    const response = await client.audio.speech.create({ ...speech, stream_format: 'sse' });
    return response.text();
  });
  await attempt('moderations', () =>
    client.moderations.create({ model: 'omni-moderation-latest', input: 'plain' }),
  );
}

run(async () => {
  await calls();
  await media();
  await streams();
  await background();
  await endings();
  await conveniences();
  show('done', true);
});
