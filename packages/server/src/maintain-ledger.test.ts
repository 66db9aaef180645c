import { expect, test } from 'vitest';
import { CALL, hexId, metricsJson, tracesJson } from './otlp.test-kit.ts';
import { startTestServer, type TestServer } from './server.test-kit.ts';

const NOW = Date.parse('2026-11-21T10:30:00Z');
const DAY_MS = 86_400_000;

const send = async (kit: TestServer, epochMs: number, value: number): Promise<void> => {
  const counter = { metric: 'tokenmeter.calls', epochMs, value, attributes: CALL };
  await kit.post('/v1/metrics', metricsJson([counter]));
};

const totals = (kit: TestServer): Promise<unknown> =>
  kit.rows('SELECT coalesce(sum(amount), 0), count(*) FROM usage_points');

test('a restart merges the minutes and keeps their sums and the state of each counter', async () => {
  await using kit = await startTestServer({ clock: () => NOW });
  for (let second = 50; second >= 1; second -= 1) await send(kit, NOW - second * 100, 100 - second);
  expect(await totals(kit)).toEqual([[99, 50]]);
  await kit.server.close();
  await using again = await startTestServer({ clock: () => NOW, dataDir: kit.dataDir });
  expect(await totals(again)).toEqual([[99, 1]]);
  expect(await again.rows('SELECT count(*) FROM counter_samples')).toEqual([[32]]);
  await send(again, NOW, 101);
  await send(again, NOW - 40 * 100, 60);
  expect(await totals(again)).toEqual([[101, 2]]);
});

test('calls and usage past their time go, the rest stays', async () => {
  await using kit = await startTestServer({ clock: () => NOW });
  const ages = [1, 20, 40];
  const spans = ages.map((days) => ({
    spanId: hexId(16, days),
    startEpochMs: NOW - days * DAY_MS,
    attributes: { ...CALL, 'tokenmeter.metered': true },
  }));
  await kit.post('/v1/traces', tracesJson(spans));
  for (const days of ages.toReversed()) await send(kit, NOW - days * DAY_MS, 100 - days);
  await kit.server.close();
  const retention = { calls: 10, usage: 30 };
  await using again = await startTestServer({ clock: () => NOW, dataDir: kit.dataDir, retention });
  expect(await again.rows('SELECT count(*) FROM calls')).toEqual([[1]]);
  // 99 at the end, of which 60 were more than 30 days ago.
  expect(await totals(again)).toEqual([[39, 2]]);
});

test('counters of processes long gone are forgotten, living ones are not', async () => {
  let now = NOW;
  await using kit = await startTestServer({ clock: () => now });
  await send(kit, NOW - 1000, 5);
  await kit.server.close();
  now += 13 * DAY_MS;
  await using again = await startTestServer({ clock: () => now, dataDir: kit.dataDir });
  await send(again, now, 7);
  expect(await totals(again)).toEqual([[7, 2]]);
});
