import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32 } from './crc32.ts';
import { decodeBase64 } from './decode-base64.ts';
import { decodeRequest } from './decode-request.ts';
import type { DecodedResponse, Endpoint, ResponseHead } from './decoder.ts';
import { type EventStreamMessage, EventStreamReader } from './event-stream-reader.ts';
import { createResponseDecoder } from './response-decoder.ts';

/** Encodes one message as AWS does; `headers` are encoded already. */
function encodeMessage(headers: Buffer, payload: Buffer): Buffer {
  const message = Buffer.alloc(16 + headers.length + payload.length);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(headers.length, 4);
  message.writeUInt32BE(zlibCrc32(message.subarray(0, 8)), 8);
  headers.copy(message, 12);
  payload.copy(message, 12 + headers.length);
  message.writeUInt32BE(zlibCrc32(message.subarray(0, -4)), message.length - 4);
  return message;
}

function stringHeader(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(value.length);
  return Buffer.concat([
    Buffer.from([name.length]),
    Buffer.from(name),
    Buffer.from([7]),
    length,
    Buffer.from(value),
  ]);
}

function read(bytes: Uint8Array, pieceLength: number): { messages: unknown[]; problems: string[] } {
  const messages: unknown[] = [];
  const problems: string[] = [];
  const keep = (message: EventStreamMessage): void => {
    messages.push({ headers: Object.fromEntries(message.headers), payload: message.payload() });
  };
  const reader = new EventStreamReader(keep, (problem) => problems.push(problem));
  for (let at = 0; at < bytes.length; at += pieceLength) {
    reader.push(bytes.subarray(at, at + pieceLength));
  }
  return { messages, problems };
}

const PLAIN = encodeMessage(stringHeader(':event-type', 'metadata'), Buffer.from('{"a":1}'));
const PLAIN_READ = { headers: { ':event-type': 'metadata' }, payload: '{"a":1}' };

test.for([1, 7, 1_000_000])('messages in pieces of %d bytes', (pieceLength) => {
  expect(read(Buffer.concat([PLAIN, PLAIN]), pieceLength)).toEqual({
    messages: [PLAIN_READ, PLAIN_READ],
    problems: [],
  });
});

test('pieces are the caller’s again once they were pushed', () => {
  const messages: string[] = [];
  const reader = new EventStreamReader(
    (message) => messages.push(message.payload()),
    (problem) => expect.fail(problem),
  );
  const room = Buffer.alloc(7);
  const bytes = Buffer.concat([PLAIN, PLAIN]);
  for (let at = 0; at < bytes.length; at += room.length) {
    reader.push(room.subarray(0, bytes.copy(room, 0, at)));
    room.fill(0);
  }
  expect(messages).toEqual(['{"a":1}', '{"a":1}']);
});

test('headers of other types than string are passed over', () => {
  const long = Buffer.from([1, 0x74, 8, 0, 0, 0, 0, 0, 0, 0, 1]);
  const flag = Buffer.from([1, 0x66, 0]);
  const blob = Buffer.from([1, 0x62, 6, 0, 2, 9, 9]);
  const headers = Buffer.concat([long, flag, blob, stringHeader(':event-type', 'metadata')]);
  expect(read(encodeMessage(headers, Buffer.from('{"a":1}')), 5).messages).toEqual([PLAIN_READ]);
});

test.for([1_000, 1_000_000_000])('a message of 3 MB is skipped in pieces of %d', (pieceLength) => {
  const huge = encodeMessage(stringHeader(':event-type', 'chunk'), Buffer.alloc(3_000_000, 0x20));
  expect(read(Buffer.concat([PLAIN, huge, PLAIN]), pieceLength)).toEqual({
    messages: [PLAIN_READ, PLAIN_READ],
    problems: [],
  });
});

test('after a broken prelude nothing more is read', () => {
  const broken = Buffer.from(PLAIN);
  broken.writeUInt8(1, 9);
  expect(read(Buffer.concat([PLAIN, broken, PLAIN]), 3)).toEqual({
    messages: [PLAIN_READ],
    problems: ['event_stream_malformed'],
  });
});

test('the checksum is that of zlib', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => crc32(bytes) === zlibCrc32(bytes)));
});

test('base64 is decoded byte by byte', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const buffer = Buffer.from(bytes);
      expect(decodeBase64(buffer.toString('base64'))).toBe(buffer.toString('latin1'));
    }),
  );
  expect(decodeBase64('ab!c')).toBeUndefined();
});

const INVOKE: Endpoint = {
  api: 'bedrock.invoke',
  provider: 'aws.bedrock',
  operation: 'chat',
  modifiers: {},
  pathModel: 'cohere.command-r-v1:0',
};

function decode(endpoint: Endpoint, head: ResponseHead, text: string): DecodedResponse {
  const decoder = createResponseDecoder(endpoint, head, decodeRequest(endpoint, '{}'));
  decoder.push(text);
  return decoder.result();
}

test('Bedrock counts in its headers what a model does not count itself', () => {
  const headers = {
    'x-amzn-bedrock-input-token-count': '12',
    'x-amzn-bedrock-output-token-count': '7',
  };
  expect(decode(INVOKE, { statusCode: 200, headers }, '{"text":"hi"}').usage).toMatchObject({
    kind: 'reported',
    tokens: { input: 12, output: 7 },
  });
  const claude = '{"type":"message","usage":{"input_tokens":3,"output_tokens":4}}';
  expect(decode(INVOKE, { statusCode: 200, headers }, claude).usage).toMatchObject({
    kind: 'reported',
    tokens: { input: 3, output: 4 },
  });
});

test('Bedrock names its errors in a header', () => {
  const headers = { 'x-amzn-errortype': 'ThrottlingException:http://internal.amazon.com/' };
  for (const api of ['bedrock.invoke', 'bedrock.converse'] as const) {
    const result = decode({ ...INVOKE, api }, { statusCode: 429, headers }, '{"message":"slow"}');
    expect(result).toMatchObject({ errorType: 'ThrottlingException', usage: { kind: 'missing' } });
  }
});

test('generated speech is bytes that nobody reads', () => {
  const endpoint: Endpoint = { ...INVOKE, api: 'openai.audio', operation: 'speech' };
  const head = { statusCode: 200, contentType: 'audio/mpeg' };
  const decoder = createResponseDecoder(endpoint, head, decodeRequest(endpoint, '{}'));
  decoder.pushBytes?.(new Uint8Array([1, 2, 3]));
  expect(decoder.result()).toEqual({
    isComplete: true,
    usage: { kind: 'missing' },
    modifiers: {},
    problems: [],
  });
});

test('text given for an event stream is a problem, not a crash', () => {
  const head = { statusCode: 200, contentType: 'application/vnd.amazon.eventstream' };
  expect(decode(INVOKE, head, 'garbled').problems).toEqual(['bytes_expected']);
});
