import { createServer } from 'node:http';
import type { Gap } from '@tokenmeter/anomaly';
import { listen } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { createPromqlSource } from './promql-source.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Friday 2026-10-09 14:00 UTC. */
const NOON = Date.UTC(2026, 9, 9, 14);

interface Sample {
  readonly at: number;
  readonly value: number;
}

/** Answers the queries of the source from one series of samples. */
function evaluate(body: string, samples: readonly Sample[]): readonly Sample[] {
  const fields = new URLSearchParams(body);
  const query = fields.get('query') ?? '';
  if (query.startsWith('resets')) return [];
  const [, amount = '0', unit = 's'] = /\[(\d+)([smhd])\]/.exec(query) ?? [];
  const length = Number(amount) * ({ s: 1000, m: MINUTE, h: HOUR, d: 24 * HOUR }[unit] ?? 0);
  const within = (at: number): readonly Sample[] =>
    samples.filter((one) => one.at > at - length && one.at <= at);
  const lastAt = (at: number): readonly Sample[] =>
    within(at)
      .slice(-1)
      .map(({ value }) => ({ at, value }));
  const start = Number(fields.get('start')) * 1000;
  if (start > 0) {
    const count = (Number(fields.get('end')) * 1000 - start) / (Number(fields.get('step')) * 1000);
    return Array.from({ length: count + 1 }, (_, index) => start + index * 5 * MINUTE).flatMap(
      lastAt,
    );
  }
  const time = Number(fields.get('time')) * 1000;
  return query.startsWith('last_over_time') ? lastAt(time) : within(time);
}

async function startStore(samples: readonly Sample[]) {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      if (request.url?.includes('__name__') === true) {
        response.end('{"status":"success","data":["tokenmeter_calls_total"]}');
        return;
      }
      const values = evaluate(body, samples).map(({ at, value }) => [at / 1000, String(value)]);
      const metric = { job: 'shop', tokenmeter_feature: 'chat', instance: 'a' };
      const result = values.length === 0 ? [] : [{ metric, values }];
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
    });
  });
  const { port, stop } = await listen(server);
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
}

/** A call a minute, told each minute, but for a stretch. */
function samplesWithout(from: number, to: number): Sample[] {
  return Array.from({ length: 24 * 60 }, (_, index) => ({
    at: NOON - 24 * HOUR + index * MINUTE,
    value: index + 1,
  })).filter((one) => one.at < from || one.at >= to);
}

const signal = new AbortController().signal;

test('a night without any process is a gap that the past is read across, and loses no call', async () => {
  const silentFrom = NOON - 20 * HOUR;
  const silentTo = NOON - 9 * HOUR;
  await using store = await startStore(samplesWithout(silentFrom, silentTo));
  using source = createPromqlSource({ name: 's', url: store.url, clock: () => NOON });
  let calls = 0;
  const gaps: Gap[] = [];
  for (let from = NOON - 24 * HOUR - HOUR; from < NOON - HOUR; from += 6 * HOUR) {
    const toEpochMs = Math.min(from + 6 * HOUR, NOON - HOUR);
    const read = await source.read({ fromEpochMs: from, toEpochMs, signal });
    if (!read.ok) throw new Error(read.reason);
    expect(read.watermarkEpochMs).toBeGreaterThanOrEqual(toEpochMs);
    for (const minute of read.minutes) calls += minute.calls;
    gaps.push(...read.gaps);
  }
  // A sample on the mark belongs to what is before it.
  expect(calls).toBe(23 * 60 + 1);
  // Buckets of five minutes end on the mark.
  expect(Math.min(...gaps.map((gap) => gap.fromEpochMs))).toBe(silentFrom);
  expect(Math.max(...gaps.map((gap) => gap.toEpochMs))).toBe(silentTo);
});

test('time stands still while nobody is heard now, and goes on with every call when somebody is', async () => {
  const samples = samplesWithout(NOON - 40 * MINUTE, NOON);
  await using store = await startStore(samples);
  const clock = { at: NOON };
  using source = createPromqlSource({ name: 's', url: store.url, clock: () => clock.at });
  const from = NOON - HOUR;
  const silent = await source.read({ fromEpochMs: from, toEpochMs: NOON, signal });
  if (!silent.ok) throw new Error(silent.reason);
  expect(silent.watermarkEpochMs).toBe(NOON - 41 * MINUTE);
  const told = silent.minutes.reduce((sum, minute) => sum + minute.calls, 0);
  samples.push({ at: NOON + MINUTE, value: 24 * 60 + 7 });
  clock.at = NOON + 4 * MINUTE;
  const read = await source.read({
    fromEpochMs: silent.watermarkEpochMs,
    toEpochMs: NOON + 2 * MINUTE,
    signal,
  });
  if (!read.ok) throw new Error(read.reason);
  const rest = read.minutes.reduce((sum, minute) => sum + minute.calls, 0);
  expect(told + rest).toBe(24 * 60 + 7 - 23 * 60 - 1);
  expect(read.gaps).toEqual([{ fromEpochMs: NOON - 41 * MINUTE, toEpochMs: NOON + MINUTE }]);
});

test('read minute by minute, time stands still for as long as nobody is heard', async () => {
  const last = NOON - MINUTE;
  const samples = samplesWithout(NOON, NOON + HOUR);
  await using store = await startStore(samples);
  const clock = { at: NOON };
  using source = createPromqlSource({
    name: 's',
    url: store.url,
    lagSeconds: 0,
    clock: () => clock.at,
  });
  let learned = NOON - 10 * MINUTE;
  const gaps: Gap[] = [];
  const readTo = async (toEpochMs: number): Promise<void> => {
    clock.at = toEpochMs;
    const read = await source.read({ fromEpochMs: learned, toEpochMs, signal });
    if (!read.ok) throw new Error(read.reason);
    learned = Math.min(toEpochMs, read.watermarkEpochMs);
    gaps.push(...read.gaps);
  };
  for (let minute = 0; minute <= 60; minute += 1) await readTo(NOON + minute * MINUTE);
  // Five minutes after the last sample are not a silence yet.
  expect({ learned, gaps }).toEqual({ learned: last + 5 * MINUTE, gaps: [] });
  samples.push({ at: NOON + HOUR, value: 24 * 60 + 7 });
  await readTo(NOON + HOUR + MINUTE);
  expect({ learned, gaps }).toEqual({
    learned: NOON + HOUR + MINUTE,
    gaps: [{ fromEpochMs: last, toEpochMs: NOON + HOUR }],
  });
});
