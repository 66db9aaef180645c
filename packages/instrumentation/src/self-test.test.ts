import { expect, test } from 'vitest';
import { createSink } from './create-sink.ts';
import { createOpenExchange } from './open-exchange.ts';
import { observedResponse } from './read-header.ts';
import { findHiddenTraffic } from './self-test.ts';

test.for([
  { version: '22.15.0', want: ['http2_unobservable'] },
  { version: '22.16.0', want: ['http2_unobservable'] },
  { version: '22.17.0', want: [] },
  { version: '24.1.0', want: ['http2_unobservable'] },
  { version: '24.2.0', want: [] },
  { version: '24.21.0', want: [] },
  { version: '26.10.0', want: [] },
  { version: '30.0.0', want: [] },
])('Node $version hides $want', ({ version, want }) => {
  const hidden = findHiddenTraffic({ node: version, undici: '7.0.0' });
  expect(hidden.map(({ problem }) => problem)).toEqual(want);
});

// Bun 1.4.5 and Deno 2.9.6 say they were Node 26.3.0, and have a fetch of their own (run on 2026-11-22).
test('a runtime without undici hides what goes through fetch', () => {
  const hidden = findHiddenTraffic({ node: '26.3.0' });
  expect(hidden.map(({ problem }) => problem)).toEqual(['fetch_unobservable']);
});

test('this runtime hides nothing', () => {
  expect(findHiddenTraffic(process.versions)).toEqual([]);
});

const HIDDEN = [
  `the bytes of a model's response could not be seen on Node ${process.versions.node}; such calls are counted without tokens`,
];

test.for([
  { note: 'one without bytes may have none', responses: [{}], want: [] },
  { note: 'one that promised some has them', responses: [{ length: '5' }], want: HIDDEN },
  { note: 'three and never a byte are no accident', responses: [{}, {}, {}], want: HIDDEN },
  { note: 'it is told once', responses: [{}, {}, {}, {}, { length: '5' }], want: HIDDEN },
  { note: 'bytes can be seen', responses: [{ bytes: '{}' }, {}, {}, {}, {}], want: [] },
])('a runtime that hides bytes shows itself by its responses: $note', ({ responses, want }) => {
  const told: string[] = [];
  const open = createOpenExchange(createSink({ warn: (message) => told.push(message) }));
  for (const { length, bytes } of responses as readonly { length?: string; bytes?: string }[]) {
    const observer = open({
      method: 'POST',
      host: 'api.openai.com',
      port: 443,
      path: '/v1/chat/completions',
      header: () => undefined,
    });
    const headers = {
      'content-type': 'application/json',
      ...(length && { 'content-length': length }),
    };
    observer?.responseStart(observedResponse(200, headers));
    if (bytes !== undefined) observer?.responseChunk(Buffer.from(bytes));
    observer?.responseEnd();
  }
  expect(told).toEqual(want);
});
