import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { COST } from '@tokenmeter/semconv';
import { expect, test } from 'vitest';
import { MetricExports } from './metric-exports.ts';
import { type MetricSeries, MetricState } from './metric-state.ts';
import { OtlpSender } from './otlp-sender.ts';
import { SpanExports } from './span-exports.ts';

/** A receiver that answers with these statuses, one after the other, and keeps what it accepts. */
async function startReceiver(
  statuses: readonly number[],
): Promise<AsyncDisposable & { readonly url: URL; readonly accepted: number[] }> {
  const accepted: number[] = [];
  const left = [...statuses];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const status = left.shift() ?? 200;
    if (status === 200) accepted.push(Number(body));
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/`),
    accepted,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function total(metrics: readonly MetricSeries[]): Uint8Array {
  const sum = metrics.flatMap(({ series }) => series).reduce((all, each) => all + each.sum, 0);
  return Buffer.from(String(sum));
}

const SETTINGS = {
  url: new URL('http://127.0.0.1:9/'),
  encoding: 'protobuf',
  headers: {},
  timeoutMs: 5000,
  compression: 'none',
} as const;

function fail(error: unknown): never {
  throw error;
}

const OPTIONS = { intervalMs: 1e6, isDelta: true, beforeRead: () => undefined, onFailure: fail };

test.for([
  { note: 'deltas', isDelta: true, accepted: [7, 4] },
  { note: 'cumulative sums', isDelta: false, accepted: [7, 11] },
])('$note that were refused are in the next export', async ({ isDelta, accepted }) => {
  await using receiver = await startReceiver([400, 200]);
  const sender = new OtlpSender({ ...SETTINGS, url: receiver.url }, fail);
  const state = new MetricState();
  const options = { ...OPTIONS, isDelta, render: total };
  const exports = new MetricExports(state, sender, options);
  state.add(COST, 5, {});
  await exports.flush();
  state.add(COST, 2, {});
  await exports.flush();
  state.add(COST, 4, {});
  expect(exports.takeBody()).toEqual(Buffer.from(String(accepted[1])));
  if (!isDelta) await exports.flush();
  expect(receiver.accepted).toEqual(isDelta ? [7] : accepted);
  expect(exports.takeBody()).toBeUndefined();
});

test('deltas of which no body can be made are in the next export, and the failure is told', async () => {
  await using receiver = await startReceiver([]);
  const told: unknown[] = [];
  const sender = new OtlpSender({ ...SETTINGS, url: receiver.url }, fail);
  const state = new MetricState();
  const bodies = [() => fail('a part is missing'), () => fail('still missing'), total];
  const render = (metrics: readonly MetricSeries[]): Uint8Array =>
    bodies.shift()?.(metrics) ?? new Uint8Array(0);
  const onFailure = (error: unknown): void => void told.push(error);
  const exports = new MetricExports(state, sender, {
    ...OPTIONS,
    intervalMs: 1,
    render,
    onFailure,
  });
  state.add(COST, 5, {});
  exports.start();
  await expect.poll(() => receiver.accepted).toEqual([5]);
  expect(told).toEqual(['a part is missing', 'still missing']);
});

test('spans of which no body can be made are given up, and the failure is told', async () => {
  const told: unknown[] = [];
  const batch = { size: 1, add: () => undefined, take: () => fail('a part is missing') };
  const exports = new SpanExports(batch, new OtlpSender(SETTINGS, fail), {
    limits: { maxQueueSize: 9, maxExportBatchSize: 9, scheduledDelayMs: 1 },
    onDropped: fail,
    onFailure: (error) => told.push(error),
  });
  expect(exports.takeBodies()).toEqual([]);
  await exports.flush();
  expect(told).toEqual(['a part is missing', 'a part is missing']);
});

test('a request that cannot be made has failed, and that is told', async () => {
  const told: unknown[] = [];
  const settings = {
    ...SETTINGS,
    url: new URL('https://127.0.0.1:9/'),
    certFile: import.meta.filename,
  };
  const sender = new OtlpSender(settings, (error) => told.push(error));
  expect(await sender.send(new Uint8Array(3))).toBe('failed');
  expect(told).toEqual([expect.objectContaining({ message: expect.stringContaining('PEM') })]);
});
