import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRequest } from './decode-request.ts';
import type { DecodedResponse, Endpoint, ResponseHead } from './decoder.ts';
import { promptBytesOf, writtenBytesOf } from './estimate-usage.ts';
import { createFeed, loadFixtures } from './fixtures.test-kit.ts';
import { createResponseDecoder } from './response-decoder.ts';

const CHAT: Endpoint = { api: 'openai.chat', provider: 'openai', operation: 'chat', modifiers: {} };
const SSE: ResponseHead = { statusCode: 200, contentType: 'text/event-stream' };

test.for([
  { note: 'a chat', body: { messages: [{ role: 'user', content: '12345678' }] }, want: 8 },
  { note: 'parts', body: { messages: [{ content: [{ type: 'text', text: 'abc' }] }] }, want: 3 },
  { note: 'an input and instructions', body: { input: 'abcd', instructions: 'ef' }, want: 6 },
  { note: 'a list of inputs', body: { input: ['ab', 'cd'] }, want: 4 },
  { note: 'contents of Gemini', body: { contents: [{ parts: [{ text: 'ab' }] }] }, want: 2 },
  { note: 'letters of two, three and four bytes', body: { prompt: 'é€😀' }, want: 9 },
  {
    note: 'tools as their schema',
    body: { tools: [{ name: 'f' }] },
    want: '[{"name":"f"}]'.length,
  },
  {
    note: 'no pictures',
    body: {
      messages: [{ content: [{ image_url: { url: 'data:x' } }, { source: { data: 'AAAA' } }] }],
    },
    want: 0,
  },
  { note: 'no settings', body: { model: 'gpt-4o', user: 'u', metadata: { a: 'b' } }, want: 0 },
  { note: 'a list', body: [], want: undefined },
])('the prompt of $note', ({ body, want }) => {
  expect(promptBytesOf(body)).toBe(want);
});

test.for([
  { note: 'a delta of chat', value: { choices: [{ delta: { content: 'abc' } }] }, want: 3 },
  {
    note: 'arguments of a tool',
    value: { choices: [{ delta: { tool_calls: [{ function: { name: 'f', arguments: '{}' } }] } }] },
    want: 2,
  },
  {
    note: 'a delta of responses',
    value: { type: 'response.output_text.delta', delta: 'ab' },
    want: 2,
  },
  { note: 'its repetition', value: { type: 'response.output_text.done', text: 'ab' }, want: 0 },
  { note: 'a message', value: { content: [{ type: 'text', text: 'abcd' }] }, want: 4 },
  { note: 'a line of Ollama', value: { model: 'm', response: 'ab', done: false }, want: 2 },
  {
    note: 'parts of Gemini',
    value: { candidates: [{ content: { parts: [{ text: 'ab' }] } }] },
    want: 2,
  },
  {
    note: 'a tool call of Bedrock',
    value: { toolUse: { name: 'f', input: { city: 'Oslo' } } },
    want: 4,
  },
  { note: 'ids and names', value: { id: 'abc', model: 'abc', role: 'assistant' }, want: 0 },
])('what a model wrote: $note', ({ value, want }) => {
  expect(writtenBytesOf(value)).toBe(want);
});

test('any JSON is measured without throwing', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 40 }), (value) => {
      expect(promptBytesOf(value) ?? 0).toBeGreaterThanOrEqual(0);
      expect(writtenBytesOf(value)).toBeGreaterThanOrEqual(0);
    }),
  );
});

const REQUEST = JSON.stringify({
  model: 'gpt-4o',
  messages: [{ role: 'user', content: 'a'.repeat(40) }],
});
const PARTS = [
  'data: {"choices":[{"delta":{"content":"1234"}}]}\n\n',
  'data: {"choices":[{"delta":{"content":"5678"}}]}\n\n',
];

function decode(
  text: string,
  { measuresPrompt = true, head = SSE }: { measuresPrompt?: boolean; head?: ResponseHead },
): DecodedResponse['usage'] {
  const request = decodeRequest(CHAT, REQUEST, { measuresPrompt });
  const decoder = createResponseDecoder(CHAT, head, request);
  for (const character of text) {
    decoder.push(character);
    decoder.result();
  }
  return decoder.result().usage;
}

const ESTIMATE = {
  kind: 'reported',
  tokens: { input: 10, output: 2 },
  requests: {},
  raw: undefined,
  isEstimated: true,
};

test('a stream without usage is estimated, and flagged', () => {
  expect(decode(`${PARTS.join('')}data: [DONE]\n\n`, {})).toEqual(ESTIMATE);
});

test('a stream that was cut is estimated as far as it came', () => {
  expect(decode(PARTS[0] ?? '', {})).toEqual({ ...ESTIMATE, tokens: { input: 10, output: 1 } });
});

test('a body without usage is estimated', () => {
  const head = { statusCode: 200, contentType: 'application/json' };
  expect(decode('{"choices":[{"message":{"content":"12345678"}}]}', { head })).toEqual(ESTIMATE);
});

test.for([
  { note: 'not asked for', text: PARTS.join(''), options: { measuresPrompt: false } },
  { note: 'an error', text: '{"error":{}}', options: { head: { statusCode: 500 } } },
  { note: 'an error event', text: `${PARTS[0]}data: {"error":{"code":"x"}}\n\n`, options: {} },
  {
    note: 'a body too large to keep',
    text: `{"choices":[{"message":{"content":"${'x'.repeat(1_100_000)}"}}]}`,
    options: { head: { statusCode: 200 } },
  },
])('nothing is estimated: $note', ({ text, options }) => {
  const request = decodeRequest(CHAT, REQUEST, { measuresPrompt: true, ...options });
  const decoder = createResponseDecoder(CHAT, { ...SSE, ...options }, request);
  decoder.push(text);
  expect(decoder.result().usage).toEqual({ kind: 'missing' });
});

test('what a provider reports stays as it is, for every recorded exchange', () => {
  for (const { name, meta, requestText, responseBytes } of loadFixtures()) {
    const request = decodeRequest(meta.endpoint, requestText, { measuresPrompt: true });
    const decoder = createResponseDecoder(meta.endpoint, meta, request);
    createFeed(decoder)(responseBytes);
    const { usage } = decoder.result();
    const isEstimated = usage.kind === 'reported' && usage.isEstimated === true;
    const { raw: _raw, ...found } = { raw: undefined, ...usage };
    if (!isEstimated) expect(found, name).toEqual(meta.want.usage);
    else expect(meta.want.usage, name).toEqual({ kind: 'missing' });
  }
});
