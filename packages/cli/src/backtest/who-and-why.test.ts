import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_RULES } from '@tokenmeter/anomaly';
import { createHourOfWeek } from '@tokenmeter/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCsvFeed } from './csv-feed.ts';
import { orderRows } from './order-rows.ts';
import { readUsageCsv } from './read-usage-csv.ts';
import { renderTransitionLine } from './render-transition-line.ts';
import { replay } from './replay.ts';

const HEADER =
  'time,service,feature,model,provider,calls,cost_usd,input_tokens,cache_read_tokens,output_tokens,environment,team,user,errors,retries';
const STEP_MS = 300_000;
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 8, 7);
const BURST_MS = START_MS + (2 * 168 + 60) * HOUR_MS;
const signal = new AbortController().signal;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenmeter-who-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Two teams with two users each; from `BURST_MS` on ann of support calls ten times as often, nine of ten being retries. */
function usage(): string {
  const lines = [HEADER];
  for (let at = START_MS; at < BURST_MS + 2 * HOUR_MS; at += STEP_MS) {
    for (const [team, user] of [
      ['support', 'ann'],
      ['support', 'bob'],
      ['sales', 'eve'],
      ['sales', 'tom'],
    ]) {
      const isWrong = user === 'ann' && at >= BURST_MS;
      const calls = (10 + ((at / STEP_MS) % 3)) * (isWrong ? 10 : 1);
      const failed = isWrong ? 0.9 * calls : 0;
      const cells = [calls, calls * 0.01, calls * 900, 0, calls * 300];
      lines.push(
        `${new Date(at).toISOString()},shop,chat,gpt-5-mini,openai,${cells.join(',')},prod,${team},${user},${failed},${failed}`,
      );
    }
  }
  return lines.join('\n');
}

test('environment, team, user, errors and retries of a file are told', {
  timeout: 240_000,
}, async () => {
  const path = join(folder, 'usage.csv');
  await writeFile(path, usage());
  const { table, problems } = await readUsageCsv(path, { signal });
  const rows = orderRows(table, { nowEpochMs: Date.UTC(2026, 10, 1), problems });
  const lines: string[] = [];
  await replay({
    feed: createCsvFeed(table, rows, { gaps: [], stepMs: STEP_MS, isInputTotal: false }),
    rules: DEFAULT_RULES,
    hourOfWeek: createHourOfWeek('UTC'),
    stepMs: STEP_MS,
    signal,
    onTransition: (change) => lines.push(renderTransitionLine(change)),
  });
  const fired = lines.map((text) => JSON.parse(text)).filter(({ state }) => state === 'firing');
  expect(fired.map(({ rule, labels }) => ({ rule, labels }))).toEqual([
    { rule: 'volume', labels: { service: 'shop', environment: 'prod', feature: 'chat' } },
  ]);
  const [{ contributors, cause, retry_share: retries, error_share: errors }] = fired;
  expect(contributors).toEqual([
    { dimension: 'team', name: 'support', share: 1 },
    { dimension: 'user', name: 'ann', share: 1 },
  ]);
  expect(cause).toBe('retry_storm');
  // 90 of the 130 calls of five minutes, after a minute or more of the burst.
  expect(retries).toBeGreaterThan(0.5);
  expect(errors).toBe(retries);
});
