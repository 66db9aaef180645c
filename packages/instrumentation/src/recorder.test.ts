import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import type { CallRecord, Endpoint } from '@tokenmeter/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGuard } from './guard.ts';
import type { ObservedResponse } from './observed-request.ts';
import { CHAT_COMPLETION, CHAT_EVENTS } from './provider.test-kit.ts';
import { observedResponse } from './read-header.ts';
import { CallRecorder } from './recorder.ts';

const ENDPOINT: Endpoint = {
  api: 'openai.chat',
  provider: 'openai',
  operation: 'chat',
  modifiers: {},
};
const REQUEST = JSON.stringify({ model: 'gpt-4o-mini', messages: [], stream: true });
const STREAM = Buffer.from(`${CHAT_EVENTS.join('\n\n')}\n\n`);
const ABORT = { name: 'AbortError' };

interface Followed {
  readonly recorder: CallRecorder;
  readonly records: readonly CallRecord[];
  readonly problems: readonly string[];
}

function follow(host = 'h'): Followed {
  const records: CallRecord[] = [];
  const problems: string[] = [];
  let tick = 0;
  const recorder = new CallRecorder(
    ENDPOINT,
    { method: 'POST', host, path: '/v1/chat/completions', header: () => undefined },
    {
      guard: createGuard((name) => problems.push(name)),
      onRecord: (record) => records.push(record),
      onProblem: (problem) => problems.push(problem),
      onUnobserved: (isPromised) => problems.push(isPromised ? 'hidden' : 'perhaps hidden'),
      wallClock: () => 1_000_000,
      monotonicClock: () => {
        tick += 10;
        return tick;
      },
    },
  );
  recorder.requestChunk(REQUEST);
  return { recorder, records, problems };
}

/** Applications may use the memory of a chunk again as soon as they had it. */
function pushAndReuse(recorder: CallRecorder, bytes: Uint8Array): void {
  const chunk = Buffer.from(bytes);
  recorder.responseChunk(chunk);
  chunk.fill(0);
}

const head = (encoding?: string): ObservedResponse =>
  observedResponse(200, {
    'content-type': 'text/event-stream',
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  });

test.for([
  { host: '[::1]', address: '::1' },
  { host: '::1', address: '::1' },
  { host: 'api.openai.com', address: 'api.openai.com' },
])('the address of $host is $address', ({ host, address }) => {
  const { recorder, records } = follow(host);
  recorder.fail(ABORT);
  expect(records[0]?.serverAddress).toBe(address);
});

test('cutting the body anywhere yields the same record', () => {
  const whole = follow();
  whole.recorder.responseStart(head());
  whole.recorder.responseChunk(STREAM);
  whole.recorder.responseEnd();
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 12 }), (cuts) => {
      const { recorder, records } = follow();
      recorder.responseStart(head());
      const edges = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length];
      for (const [index, edge] of edges.slice(1).entries()) {
        pushAndReuse(recorder, STREAM.subarray(edges[index], edge));
      }
      recorder.responseEnd();
      expect(records).toEqual(whole.records);
    }),
  );
  expect(whole.records[0]?.usage).toMatchObject({ tokens: { input: 200, cache_read: 1000 } });
});

const STEPS: Readonly<Record<string, (recorder: CallRecorder) => void>> = {
  start: (recorder) => recorder.responseStart(head()),
  early: (recorder) => recorder.responseStart({ ...head(), statusCode: 103 }),
  chunk: (recorder) => recorder.responseChunk(STREAM.subarray(0, 40)),
  request: (recorder) => recorder.requestChunk(Symbol('odd')),
  end: (recorder) => recorder.responseEnd(),
  abort: (recorder) => recorder.fail(ABORT),
};

test('whatever the order of events, there is one record once it ended and none before', () => {
  const orders = fc.array(fc.constantFrom(...Object.keys(STEPS)), { maxLength: 12 });
  fc.assert(
    fc.property(orders, (order) => {
      const { recorder, records } = follow();
      for (const step of order) STEPS[step]?.(recorder);
      const isOver = order.includes('end') || order.includes('abort');
      expect(records).toHaveLength(isOver ? 1 : 0);
    }),
  );
});

const cases: readonly {
  note: string;
  body: Buffer;
  ending: unknown;
  want: Pick<CallRecord, 'outcome'> & { errorType?: string };
}[] = [
  { note: 'a cancel after [DONE]', body: STREAM, ending: ABORT, want: { outcome: 'ok' } },
  {
    note: 'a reset after [DONE]',
    body: STREAM,
    ending: { code: 'ECONNRESET' },
    want: { outcome: 'ok' },
  },
  {
    note: 'a cancel before it',
    body: STREAM.subarray(0, 300),
    ending: ABORT,
    want: { outcome: 'aborted', errorType: 'AbortError' },
  },
  {
    note: 'a reset before it',
    body: STREAM.subarray(0, 300),
    ending: { code: 'ECONNRESET' },
    want: { outcome: 'error', errorType: 'ECONNRESET' },
  },
  {
    note: 'a time-out before it',
    body: STREAM.subarray(0, 300),
    ending: { name: 'TimeoutError' },
    want: { outcome: 'error', errorType: 'TimeoutError' },
  },
  {
    note: 'an end before it',
    body: STREAM.subarray(0, 300),
    ending: undefined,
    want: { outcome: 'incomplete' },
  },
];

test.for(cases)('$note is $want.outcome', ({ body, ending, want }) => {
  const { recorder, records } = follow();
  recorder.responseStart(head());
  recorder.responseChunk(body);
  if (ending === undefined) recorder.responseEnd();
  else recorder.fail(ending);
  const { outcome, errorType } = records[0] ?? {};
  expect({ outcome, ...(errorType === undefined ? {} : { errorType }) }).toEqual(want);
});

test('a redirect was answered by no model: it costs nothing, and lacks no price', () => {
  const { recorder, records } = follow();
  recorder.responseStart(observedResponse(307, { location: '/v2/chat/completions' }));
  recorder.responseEnd();
  expect(records[0]).toMatchObject({ outcome: 'error', errorType: '307', statusCode: 307 });
});

test.for([
  { coding: 'gzip', compress: gzipSync },
  { coding: 'deflate', compress: deflateSync },
  { coding: 'br', compress: brotliCompressSync },
  { coding: 'zstd', compress: zstdCompressSync },
  { coding: 'deflate', compress: deflateRawSync },
  { coding: 'identity, GZIP', compress: gzipSync },
  { coding: 'gzip, br', compress: (body: Buffer) => brotliCompressSync(gzipSync(body)) },
])('a $coding body is decompressed on the side', async ({ coding, compress }) => {
  const { recorder, records, problems } = follow();
  recorder.responseStart(head(coding));
  const body = compress(Buffer.from(JSON.stringify(CHAT_COMPLETION)));
  pushAndReuse(recorder, body.subarray(0, 20));
  pushAndReuse(recorder, body.subarray(20));
  recorder.responseEnd();
  await expect.poll(() => records.length).toBe(1);
  expect(records[0]).toMatchObject({ outcome: 'ok', usage: { tokens: { reasoning: 100 } } });
  expect(problems).toEqual([]);
});

test.for([
  { note: 'of a length', status: 200, headers: { 'content-length': '5' }, want: ['hidden'] },
  { note: 'or there are none', status: 200, headers: {}, want: ['perhaps hidden'] },
  { note: 'not when it is empty', status: 200, headers: { 'content-length': '0' }, want: [] },
  { note: 'not when there need be none', status: 204, headers: {}, want: [] },
  { note: 'not for a redirect', status: 307, headers: {}, want: [] },
  { note: 'not for an error', status: 502, headers: {}, want: [] },
])('it is told when bytes are hidden: $note', ({ status, headers, want }) => {
  const { recorder, problems } = follow();
  recorder.responseStart(observedResponse(status, headers));
  recorder.responseEnd();
  expect(problems).toEqual(want);
});

test('a body that is not what its coding says is a problem, not a crash', async () => {
  const { recorder, records, problems } = follow();
  recorder.responseStart(head('gzip'));
  recorder.responseChunk(STREAM);
  recorder.responseEnd();
  await expect.poll(() => records.length).toBe(1);
  expect(problems).toContain('decompress');
  expect(records[0]).toMatchObject({ outcome: 'incomplete', usage: { kind: 'missing' } });
});
