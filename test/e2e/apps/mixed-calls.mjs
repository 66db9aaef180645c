// A plain application: real SDK clients, nothing of Tokenmeter in it. It makes CALLS calls against PROVIDER_URL in a fixed
// mix and prints what it saw of each, in order, so that two runs can be compared byte by byte.
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const base = process.env.PROVIDER_URL;
const count = Number(process.env.CALLS ?? '100');
const concurrency = Number(process.env.CONCURRENCY ?? '8');
const openai = new OpenAI({ apiKey: 'none', baseURL: `${base}/v1` });
const anthropic = new Anthropic({ apiKey: 'none', baseURL: base });
const messages = [{ role: 'user', content: 'Hello' }];

function tokens(index, more = {}) {
  return {
    'x-replay-input': String(50 + (index % 700)),
    'x-replay-output': String(5 + (index % 90)),
    'x-replay-conversation': `call-${index}`,
    ...more,
  };
}

async function collect(stream, textOf) {
  let text = '';
  let events = 0;
  for await (const event of stream) {
    events += 1;
    text += textOf(event) ?? '';
  }
  return `${events} events, ${text.length} characters`;
}

const chatText = (chunk) => chunk.choices[0]?.delta?.content;

async function openaiStream(_index, headers) {
  const stream = await openai.chat.completions.create(
    { model: 'gpt-4o-mini', messages, stream: true, stream_options: { include_usage: true } },
    { headers },
  );
  return collect(stream, chatText);
}

async function openaiAbort(index) {
  const controller = new AbortController();
  const stream = await openai.chat.completions.create(
    { model: 'gpt-4o-mini', messages, stream: true, stream_options: { include_usage: true } },
    { headers: tokens(index, { 'x-replay-drip-ms': '150' }), signal: controller.signal },
  );
  for await (const chunk of stream) {
    if (chatText(chunk)) controller.abort();
  }
  return 'aborted';
}

async function anthropicCreate(_index, headers) {
  const message = await anthropic.messages.create(
    { model: 'claude-opus-5-5', max_tokens: 1000, messages },
    { headers },
  );
  return JSON.stringify(message.usage);
}

async function anthropicStream(_index, headers, limit = Number.POSITIVE_INFINITY) {
  const stream = await anthropic.messages.create(
    { model: 'claude-opus-5-5', max_tokens: 1000, messages, stream: true },
    { headers },
  );
  let deltas = 0;
  for await (const event of stream) {
    if (event.type === 'content_block_delta') deltas += 1;
    if (deltas >= limit) break;
  }
  return `${deltas} deltas`;
}

async function chat(model, _index, headers, options = {}) {
  const completion = await openai.chat.completions.create(
    { model, messages },
    { headers, ...options },
  );
  return JSON.stringify(completion.usage);
}

async function responses(index, stream) {
  const headers = tokens(index, { 'x-replay-reasoning': '7' });
  const result = await openai.responses.create(
    { model: 'gpt-4.1', input: 'Hello', stream },
    { headers },
  );
  if (!stream) return JSON.stringify(result.usage);
  return collect(result, (event) =>
    event.type === 'response.output_text.delta' ? event.delta : '',
  );
}

/** The mix: 20 kinds of calls that come round and round. */
const MIX = [
  (i) => chat('gpt-4o', i, tokens(i)),
  (i) => chat('gpt-4o', i, tokens(i, { 'x-replay-cache-read': String(i % 300) })),
  (i) => chat('gpt-4o', i, tokens(i, { 'x-replay-encoding': 'gzip' })),
  (i) => chat('gpt-4o', i, tokens(i, { 'x-replay-encoding': 'br', 'x-replay-chunks': '5' })),
  (i) => chat('gpt-4o-mini', i, tokens(i)),
  (i) => openaiStream(i, tokens(i)),
  (i) => openaiStream(i, tokens(i, { 'x-replay-cache-read': '64' })),
  (i) => openaiStream(i, tokens(i, { 'x-replay-encoding': 'gzip' })),
  (i) => responses(i, false),
  (i) => responses(i, true),
  (i) => anthropicCreate(i, tokens(i)),
  (i) => anthropicCreate(i, tokens(i, { 'x-replay-cache-read': String(1000 + i) })),
  (i) =>
    anthropicCreate(
      i,
      tokens(i, { 'x-replay-cache-write-5m': '400', 'x-replay-cache-write-1h': '90' }),
    ),
  (i) => anthropicStream(i, tokens(i)),
  (i) =>
    anthropicStream(i, tokens(i, { 'x-replay-cache-read': '2048', 'x-replay-encoding': 'gzip' })),
  (i) => anthropicStream(i, tokens(i, { 'x-replay-drip-ms': '150' }), 2),
  (i) => chat('gpt-4o', i, tokens(i, { 'x-replay-fail': '429x1' })),
  (i) => chat('gpt-4o', i, tokens(i, { 'x-replay-status': '500' }), { maxRetries: 0 }),
  (i) => chat('house-model-1', i, tokens(i)),
  (i) => openaiAbort(i),
];

const lines = new Array(count);
let next = 0;
async function work() {
  while (next < count) {
    const index = next++;
    try {
      lines[index] = `${index} ${await MIX[index % MIX.length](index)}`;
    } catch (error) {
      lines[index] = `${index} ${error.name} ${error.status ?? ''}`;
    }
  }
}
await Promise.all(Array.from({ length: concurrency }, work));
console.log(lines.join('\n'));
