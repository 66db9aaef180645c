import { expect, test } from 'vitest';
import { decodeRequest } from './decode-request.ts';
import type { Endpoint } from './decoder.ts';
import { createResponseDecoder } from './response-decoder.ts';

const CHAT: Endpoint = { api: 'openai.chat', provider: 'openai', operation: 'chat', modifiers: {} };
const JSON_TYPE = 'application/json; charset=utf-8';

test.for([
  {
    note: 'a page that says it is JSON',
    statusCode: 200,
    contentType: JSON_TYPE,
    body: '<html>',
    want: ['body_not_json'],
  },
  {
    note: 'JSON that was cut',
    statusCode: 200,
    contentType: JSON_TYPE,
    body: '{"id":"c","us',
    want: ['body_not_json'],
  },
  { note: 'JSON', statusCode: 200, contentType: JSON_TYPE, body: '{"id":"c"}', want: [] },
  { note: 'nothing', statusCode: 200, contentType: JSON_TYPE, body: '', want: [] },
  {
    note: 'a page for an error',
    statusCode: 502,
    contentType: JSON_TYPE,
    body: '<html>',
    want: [],
  },
  {
    note: 'a text by request',
    statusCode: 200,
    contentType: 'text/plain',
    body: 'Hello',
    want: [],
  },
])('a body that is $note', ({ statusCode, contentType, body, want }) => {
  const decoder = createResponseDecoder(
    CHAT,
    { statusCode, contentType },
    decodeRequest(CHAT, '{}'),
  );
  for (const character of body) {
    decoder.push(character);
    decoder.result();
  }
  expect(decoder.result().problems).toEqual(want);
});
