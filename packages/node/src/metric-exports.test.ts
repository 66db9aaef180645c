import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { COST } from '@tokenmeter/semconv';
import { expect, test } from 'vitest';
import { MetricExports } from './metric-exports.ts';
import { type MetricSeries, MetricState } from './metric-state.ts';
import { OtlpSender } from './otlp-sender.ts';

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

test.for([
  { note: 'deltas', isDelta: true, accepted: [7, 4] },
  { note: 'cumulative sums', isDelta: false, accepted: [7, 11] },
])('$note that were refused are in the next export', async ({ isDelta, accepted }) => {
  await using receiver = await startReceiver([400, 200]);
  const sender = new OtlpSender({
    url: receiver.url,
    encoding: 'protobuf',
    headers: {},
    timeoutMs: 5000,
    compression: 'none',
  });
  const state = new MetricState();
  const options = { intervalMs: 1e6, isDelta, beforeRead: () => undefined, render: total };
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
