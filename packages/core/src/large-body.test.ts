import { expect, test } from 'vitest';
import { decodeRequest } from './decode-request.ts';
import type { DecodedResponse, Endpoint } from './decoder.ts';
import { createResponseDecoder } from './response-decoder.ts';

const CHAT: Endpoint = { api: 'openai.chat', provider: 'openai', operation: 'chat', modifiers: {} };
const RESPONSES: Endpoint = { ...CHAT, api: 'openai.responses' };
const PADDING = 'x "usage": {} \\ '.repeat(200_000);

function decode(endpoint: Endpoint, text: string, pieceLength: number): DecodedResponse {
  const decoder = createResponseDecoder(
    endpoint,
    { statusCode: 200 },
    decodeRequest(endpoint, '{}'),
  );
  for (let at = 0; at < text.length; at += pieceLength) {
    decoder.push(text.slice(at, at + pieceLength));
  }
  return decoder.result();
}

test.for([1_000_000_000, 65_536, 4_099])('a JSON body of 3 MB in pieces of %d', (pieceLength) => {
  const body = JSON.stringify({
    id: 'chatcmpl-1',
    model: 'gpt-4o',
    choices: [{ index: 0, message: { content: PADDING }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    service_tier: 'flex',
  });
  expect(decode(CHAT, body, pieceLength)).toMatchObject({
    model: 'gpt-4o',
    responseId: 'chatcmpl-1',
    isComplete: true,
    usage: { kind: 'reported', tokens: { input: 10, output: 5 } },
    modifiers: { serviceTier: 'flex' },
  });
});

test.for([1_000_000_000, 65_536, 4_099])('an event of 3 MB in pieces of %d', (pieceLength) => {
  const response = {
    id: 'resp_1',
    status: 'completed',
    model: 'gpt-5',
    output: [{ type: 'message', content: [{ text: PADDING }] }],
    usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
  };
  const text = `event: response.completed\ndata: ${JSON.stringify({ type: 'response.completed', response })}\n\n`;
  expect(decode(RESPONSES, text, pieceLength)).toMatchObject({
    model: 'gpt-5',
    responseId: 'resp_1',
    isComplete: true,
    usage: { kind: 'reported', tokens: { input: 10, output: 5 } },
  });
});

test('a large body without usage at either end says so', () => {
  const body = JSON.stringify({ id: 'x', choices: [PADDING] });
  expect(decode(CHAT, body, 65_536)).toMatchObject({
    usage: { kind: 'missing' },
    problems: ['body_too_large'],
  });
});

const GEMINI: Endpoint = {
  api: 'gemini.generate',
  provider: 'gcp.gemini',
  operation: 'generate_content',
  modifiers: {},
};

test('a picture that Gemini made does not hide the usage behind it', () => {
  const part = { functionCall: { id: 'call-1', args: { status: 'open' } } };
  const body = JSON.stringify({
    candidates: [{ content: { parts: [part, { inlineData: PADDING }] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    modelVersion: 'gemini-2.5-flash-image',
  });
  expect(decode(GEMINI, body, 65_536)).toMatchObject({
    model: 'gemini-2.5-flash-image',
    usage: { kind: 'reported', tokens: { input: 10, output: 5 } },
    problems: [],
  });
});

test('a picture in an interaction does not hide its usage', () => {
  const body = JSON.stringify({
    id: 'v1_1',
    model: 'gemini-3-pro-image-preview',
    status: 'completed',
    outputs: [{ type: 'image', data: PADDING }],
    usage: { total_input_tokens: 10, total_output_tokens: 5, total_tokens: 15 },
  });
  expect(decode(GEMINI, body, 65_536)).toMatchObject({
    model: 'gemini-3-pro-image-preview',
    usage: { kind: 'reported', tokens: { input: 10, output: 5 } },
    problems: [],
  });
});

test('a cut JSON body is incomplete', () => {
  expect(decode(CHAT, '{"id":"x","usage":{"prompt_tokens":1', 7)).toMatchObject({
    isComplete: false,
    usage: { kind: 'missing' },
  });
});

test('a request of 2 MB is read without parsing its pictures', () => {
  const body = JSON.stringify({
    messages: [{ content: [{ image_url: `data:${PADDING}`, model: 'nested' }] }],
    stream: true,
    model: 'gpt-4o',
    max_tokens: 7,
  });
  expect(decodeRequest(CHAT, body)).toEqual({
    model: 'gpt-4o',
    isStreaming: true,
    parameters: { maxTokens: 7 },
  });
});

test('a request that was cut off tells what came before the cut', () => {
  expect(decodeRequest(CHAT, '{"model":"gpt-4o","stream":true,"messages":[{"con')).toEqual({
    model: 'gpt-4o',
    isStreaming: true,
    parameters: {},
  });
});
