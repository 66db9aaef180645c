import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startServer } from './start-server.ts';
import { gapsBetween } from './track-presence.ts';

const MINUTE = 60_000;
const stay = (from: number, to: number) => ({
  fromEpochMs: from * MINUTE,
  toEpochMs: to * MINUTE,
});

test.for([
  { note: 'no stay at all', stays: [], want: [] },
  { note: 'a first start', stays: [stay(5, 5)], want: [] },
  { note: 'a quick restart', stays: [stay(0, 10), stay(11, 20)], want: [] },
  { note: 'a night off', stays: [stay(0, 10), stay(500, 600)], want: [stay(10, 500)] },
  { note: 'any order', stays: [stay(500, 600), stay(0, 10)], want: [stay(10, 500)] },
  {
    note: 'a stay inside a longer one',
    stays: [stay(0, 100), stay(20, 30), stay(103, 104)],
    want: [stay(100, 103)],
  },
])('gaps after $note', ({ stays, want }) => {
  expect(gapsBetween(stays)).toEqual(want);
});

test('the time between a stop and the next start is a gap of the source', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tokenmeter-presence-'));
  let now = Date.UTC(2026, 10, 20, 12);
  const options = { dataDir, port: 0, clock: () => now };
  const first = await startServer(options);
  now += 10 * MINUTE;
  await first.close();
  const stopped = now;
  now += 90 * MINUTE;
  const second = await startServer(options);
  const ask = (fromEpochMs: number, toEpochMs: number) =>
    second.metricSource.read({ fromEpochMs, toEpochMs, signal: AbortSignal.timeout(5000) });
  expect(await ask(stopped - MINUTE, now)).toMatchObject({
    ok: true,
    gaps: [{ fromEpochMs: stopped, toEpochMs: now }],
  });
  expect(await ask(now, now + MINUTE)).toMatchObject({ ok: true, gaps: [] });
  await second.close();
  await rm(dataDir, { recursive: true });
});
