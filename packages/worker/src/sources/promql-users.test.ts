import { createServer } from 'node:http';
import { listen } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { createPromqlSource } from './promql-source.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 9, 9, 14);
const { signal } = new AbortController();

/** Calls in each of two minutes by the label that names a user. */
const SERIES = [
  { user_id: 'ann', values: [30, 60] },
  { user_id: 'bob', values: [10, 20] },
];

/** A store that has the counters above and nothing before them. */
async function startStore() {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const isNames = request.url?.includes('__name__') === true;
      const isRaw = new URLSearchParams(body).get('query')?.includes('last_over_time') === false;
      const result = SERIES.map(({ user_id, values }) => ({
        metric: { service_name: 'shop', tokenmeter_feature: 'chat', instance: 'a', user_id },
        values: values.map((value, at) => [(NOW - (4.5 - at) * MINUTE) / 1000, String(value)]),
      }));
      const data = isNames
        ? ['tokenmeter_calls_total']
        : { resultType: 'matrix', result: isRaw ? result : [] };
      response.end(JSON.stringify({ status: 'success', data }));
    });
  });
  const { port, stop } = await listen(server);
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
}

test('users whom counters name are the contributors of their place, once however often it is read', async () => {
  await using store = await startStore();
  using source = createPromqlSource({
    name: 's',
    url: store.url,
    lagSeconds: 60,
    clock: () => NOW,
  });
  const range = { fromEpochMs: NOW - 5 * MINUTE, toEpochMs: NOW - 3 * MINUTE, signal };
  await source.read(range);
  const read = await source.read(range);
  expect(read.ok && read.minutes.map(({ calls }) => calls)).toEqual([40, 40]);
  const place = { service: 'shop', feature: 'chat' };
  expect(await source.readUserContributors?.({ ...range, labels: place })).toEqual([
    { dimension: 'user', name: 'ann', share: 0.75 },
    { dimension: 'user', name: 'bob', share: 0.25 },
  ]);
  const elsewhere = { ...range, labels: { ...place, feature: 'search' } };
  expect(await source.readUserContributors?.(elsewhere)).toEqual([]);
});
