import { expect, test } from 'vitest';
import { createSink } from './create-sink.ts';
import { createOpenExchange } from './open-exchange.ts';
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
  expect(findHiddenTraffic(version).map(({ problem }) => problem)).toEqual(want);
});

test('a runtime that hides bytes is told of once, at the first response', () => {
  const told: string[] = [];
  const open = createOpenExchange(createSink({ warn: (message) => told.push(message) }));
  for (let turn = 0; turn < 3; turn += 1) {
    const observer = open({
      method: 'POST',
      host: 'api.openai.com',
      port: 443,
      path: '/v1/chat/completions',
      header: () => undefined,
    });
    observer?.responseStart({
      statusCode: 200,
      header: (name) => (name === 'content-type' ? 'application/json' : undefined),
      headersStartingWith: () => ({}),
    });
    observer?.responseEnd();
  }
  expect(told).toEqual([
    `the bytes of a model's response could not be seen on Node ${process.versions.node}; such calls are counted without tokens`,
  ]);
});
