import { expect, test } from 'vitest';
import type { MetricSource } from '../ports.ts';
import { createShardedSource, parseShard } from './sharded-source.ts';

const services = Array.from({ length: 400 }, (_, index) => `service-${index}`);

const source: MetricSource = {
  name: 'all',
  settleSeconds: 7,
  read: () =>
    Promise.resolve({
      ok: true,
      minutes: services.map((service) => ({
        minuteEpochMs: 0,
        labels: { service, feature: 'f', provider: 'p', model: 'm' },
        calls: 1,
        costUsd: 0,
        inputTokens: 0,
        cacheReadTokens: 0,
        outputTokens: 0,
        unpricedCalls: 0,
        cacheHits: 0,
        cacheMisses: 0,
        errors: 0,
        retries: 0,
      })),
      gaps: [],
      watermarkEpochMs: 0,
    }),
};

test('each service is in exactly one of eight shards, and none is much larger than others', async () => {
  const query = { fromEpochMs: 0, toEpochMs: 1, signal: new AbortController().signal };
  const found: string[] = [];
  for (let index = 1; index <= 8; index += 1) {
    const read = await createShardedSource(source, { index, count: 8 }).read(query);
    const names = read.ok ? read.minutes.map((minute) => minute.labels.service) : [];
    expect(names.length).toBeGreaterThan(25);
    expect(names.length).toBeLessThan(80);
    found.push(...names);
  }
  expect(found.sort()).toEqual([...services].sort());
});

test.for([
  { text: '2/8', want: { index: 2, count: 8 } },
  { text: '1/1', want: { index: 1, count: 1 } },
  { text: '0/8', want: undefined },
  { text: '9/8', want: undefined },
  { text: 'a/b', want: undefined },
  { text: '2', want: undefined },
])('shard $text', ({ text, want }) => {
  expect(parseShard(text)).toEqual(want);
});
