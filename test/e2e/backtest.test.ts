import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { metricRequest, sendUntilAcknowledged } from './otlp-client.ts';
import { makeFolder, runTokenmeter, startUp } from './run-process.ts';

const HEADER =
  'time,service,feature,model,provider,calls,cost_usd,input_tokens,cache_read_tokens,output_tokens';
const STEP_MS = 300_000;
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 8, 7);
const WEEKS = 4;
/** A Wednesday noon in the last week. */
const BURST_MS = START_MS + ((WEEKS - 1) * 168 + 2 * 24 + 12) * HOUR_MS;

/** Four weeks of a feature with days and nights, and an hour of six times the calls. */
function usage(): string[] {
  const lines = [HEADER];
  for (let at = START_MS; at < START_MS + WEEKS * 168 * HOUR_MS; at += STEP_MS) {
    const hour = (at / HOUR_MS) % 24;
    const wave = 1 + 0.5 * Math.sin(((hour - 8) * Math.PI) / 12);
    const isBurst = at >= BURST_MS && at < BURST_MS + HOUR_MS;
    const calls = Math.round((30 + ((at / STEP_MS) % 5)) * wave * (isBurst ? 6 : 1));
    const cells = [calls, (calls * 0.02).toFixed(4), calls * 900, 0, calls * 300];
    lines.push(`${new Date(at).toISOString()},shop,chat,gpt-5-mini,openai,${cells.join(',')}`);
  }
  return lines;
}

test('backtest tells a burst in a file as exact JSON lines, and rows that are no use with their line', async () => {
  await using folder = await makeFolder();
  const file = join(folder.path, 'usage.csv');
  const lines = usage();
  const bad = '2026-09-07T00:00:00.000Z,shop,search,gpt-5-mini,openai,NaN,1,1,0,1';
  await writeFile(file, `${[...lines.slice(0, 11), bad, ...lines.slice(11)].join('\n')}\n`);
  const flags = ['backtest', '--csv', file, '--step', '5m', '--time-zone', 'UTC'];
  const { code, stdout, stderr } = await runTokenmeter([...flags, '--json']);
  expect(code).toBe(0);
  expect(stderr).toContain(`${file}:12:56: calls is not a number: "NaN"`);
  const found = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(Object.keys(found[0])).toEqual([
    'rule',
    'severity',
    'state',
    'at',
    'labels',
    'observed',
    'expected',
    'usd_per_hour',
    'decomposition',
    'incident',
    'since',
    'basis',
    'score',
    'contributors',
  ]);
  expect(found[0]).toMatchObject({
    rule: 'volume',
    state: 'firing',
    labels: { service: 'shop', feature: 'chat' },
  });
  const delayMs = Date.parse(found[0].at) - BURST_MS;
  expect(delayMs).toBeGreaterThan(0);
  expect(delayMs).toBeLessThanOrEqual(15 * 60_000);
  expect(found.at(-1)).toMatchObject({ state: 'resolved' });
});

test('backtest shows people a table, a chart and a report, and hears of gaps and rules', async () => {
  await using folder = await makeFolder();
  const path = (name: string): string => join(folder.path, name);
  await writeFile(path('usage.csv'), `${usage().join('\n')}\n`);
  const flags = ['backtest', '--csv', path('usage.csv'), '--step', '5m'];
  const shown = await runTokenmeter([...flags, '--html', path('report.html')]);
  expect(shown.stdout).toMatch(/^Backtest of usage\.csv: 2026-09-07 00:00 to 2026-10-05 00:00 UTC/);
  expect(shown.stdout).toMatch(/volume {2,}shop\/chat/);
  expect(shown.stdout).toMatch(/USD per hour[\s\S]*┤[\s\S]*[▲◆]/);
  const report = await readFile(path('report.html'), 'utf8');
  expect(report).toContain('<div class="scroll"><svg');
  expect(report).not.toMatch(/<script|src=|href=/);
  const gap = { from: new Date(BURST_MS - HOUR_MS), to: new Date(BURST_MS + 2 * HOUR_MS) };
  await writeFile(path('gaps.json'), JSON.stringify({ gaps: [gap] }));
  const outside = usage().filter((line) => {
    const at = Date.parse(line.slice(0, 24));
    return !(at >= gap.from.getTime() && at < gap.to.getTime());
  });
  await writeFile(path('outside.csv'), `${outside.join('\n')}\n`);
  const silentFlags = ['backtest', '--csv', path('outside.csv'), '--step', '5m'];
  const silent = await runTokenmeter([...silentFlags, '--gaps', path('gaps.json'), '--json']);
  expect(silent.stdout).toBe('');
  await writeFile(
    path('rules.yaml'),
    'volume: { enabled: false }\nslow_burn: { enabled: false }\n',
  );
  const off = await runTokenmeter([...flags, '--rules', path('rules.yaml'), '--json']);
  expect(off.stdout).toBe('');
  await writeFile(path('rules.yaml'), 'volume: { warningRatio: 9, criticalRatio: 2 }\n');
  const wrong = await runTokenmeter([...flags, '--rules', path('rules.yaml')]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/volume/);
});

test.for([
  {
    note: 'a zone that does not exist',
    flags: ['--time-zone', 'Mars/Olympus'],
    want: 'is not a time zone',
  },
  { note: 'a step that is no part of an hour', flags: ['--step', '7m'], want: '--step must be' },
  { note: 'a file that is not there', flags: ['--csv', 'gone.csv'], want: 'cannot use gone.csv' },
  {
    note: 'a report in no folder',
    flags: ['--html', 'gone/report.html'],
    want: '--html gone/report.html: there is no folder',
  },
  {
    note: 'a range of a file',
    flags: ['--from', '2026-10-01'],
    want: 'a file is replayed whole',
  },
  { note: 'two pasts', flags: ['--csv', 'a', '--source', 'b'], want: 'exclude each other' },
])('backtest refuses $note', async ({ flags, want }) => {
  await using folder = await makeFolder();
  const csv = flags.includes('--csv') ? [] : ['--csv', 'a.csv'];
  const { code, stdout, stderr } = await runTokenmeter(['backtest', ...csv, ...flags], {
    cwd: folder.path,
  });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(want);
});

test('tune proposes rules within its budget that backtest accepts', {
  timeout: 240_000,
}, async () => {
  await using folder = await makeFolder();
  const path = (name: string): string => join(folder.path, name);
  await writeFile(path('usage.csv'), `${usage().join('\n')}\n`);
  const past = ['--csv', path('usage.csv'), '--step', '5m'];
  const tuned = await runTokenmeter(
    ['tune', '--budget', '2/week', ...past, '--write', path('rules.yaml'), '--json'],
    { timeoutMs: 60_000 },
  );
  const levels = tuned.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const proposed = levels.filter((level) => level.proposed);
  expect(proposed.map((level) => level.rule)).toContain('volume');
  const total = proposed.reduce((sum, level) => sum + level.alarms_per_week, 0);
  expect(total).toBeLessThanOrEqual(2);
  expect(levels.find((level) => level.rule === 'volume').detectable_size).toBeGreaterThan(1);
  const replayed = await runTokenmeter([
    'backtest',
    ...past,
    '--rules',
    path('rules.yaml'),
    '--json',
  ]);
  expect({ code: replayed.code, stderr: replayed.stderr }).toEqual({ code: 0, stderr: '' });
});

test('backtest replays the ledger, through a running server and from the closed file', {
  timeout: 240_000,
}, async () => {
  await using folder = await makeFolder();
  const up = await startUp(folder.path);
  const signal = AbortSignal.timeout(50_000);
  // A sample on the mark belongs to the minute before it, the last of a whole step.
  const end = Math.floor(Date.now() / STEP_MS) * STEP_MS;
  for (let hour = 48; hour >= 0; hour -= 1) {
    const attributes = { 'tokenmeter.feature': 'chat', 'gen_ai.provider.name': 'openai' };
    const total = (49 - hour) * 60;
    const body = metricRequest(
      { 'service.name': 'shop', 'service.instance.id': 'one' },
      { startEpochMs: end - 50 * HOUR_MS, epochMs: end - hour * HOUR_MS },
      [
        { name: 'tokenmeter.calls', unit: '{call}', value: total, attributes },
        { name: 'tokenmeter.cost', unit: 'USD', value: total * 0.25, attributes },
      ],
    );
    await sendUntilAcknowledged(up.url, '/v1/metrics', body, signal);
  }
  const ask = (): ReturnType<typeof runTokenmeter> =>
    runTokenmeter(['backtest', '--data', folder.path, '--time-zone', 'UTC']);
  const running = await ask();
  await up[Symbol.asyncDispose]();
  const closed = await ask();
  expect(running.stdout).toMatch(/^Backtest of ledger: .*\n49 rows of 1 series, \$735\.00 spent/);
  expect(closed.stdout).toBe(running.stdout);
});
