import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { cleanEnvironment, root, runTokenmeter } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { importLines } from '../support/import-samples.ts';
import { type Store, startVictoriaMetrics } from './start-store.ts';

const victoria = findComponent('victoriametrics');
const MINUTE_MS = 60_000;
const DAYS = 22;
const FACTOR = 10;

/** Calls and cost of one process: steady for three weeks, ten times as many in the last minutes. */
function renderLines(endEpochMs: number): readonly string[] {
  const timestamps: number[] = [];
  const calls: number[] = [];
  let total = 0;
  const first = endEpochMs - DAYS * 1440 * MINUTE_MS;
  const launch = endEpochMs - 12 * MINUTE_MS;
  for (let at = first; at <= endEpochMs; ) {
    const stepMs = at < endEpochMs - 60 * MINUTE_MS ? 5 * MINUTE_MS : MINUTE_MS;
    const wobble = 8 + ((at / MINUTE_MS) % 3);
    total += ((stepMs / MINUTE_MS) * wobble * (at > launch ? FACTOR : 1)) | 0;
    timestamps.push(at);
    calls.push(total);
    at += stepMs;
  }
  const labels = {
    'service.name': 'shop',
    'service.instance.id': 'one',
    'tokenmeter.feature': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.response.model': 'gpt-5-mini',
  };
  const line = (name: string, more: object, factor: number): string =>
    JSON.stringify({
      metric: { __name__: name, ...labels, ...more },
      values: calls.map((value) => value * factor),
      timestamps,
    });
  return [
    line('tokenmeter.calls', { 'tokenmeter.outcome': 'ok' }, 1),
    line('tokenmeter.cost', { 'tokenmeter.cost.class': 'input' }, 0.02),
  ];
}

async function fill(store: Store): Promise<void> {
  const end = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 1000;
  await importLines(store.url, renderLines(end));
}

test.skipIf(!victoria.isThere)(
  'the command watches a store, tells what is wrong, and shows its own figures',
  { timeout: 240_000 },
  async () => {
    await using store = await startVictoriaMetrics(victoria.isThere ? victoria.path : '');
    await fill(store);
    const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-watch-'));
    await writeFile(
      join(folder, 'tokenmeter.yaml'),
      `timeZone: UTC\nsource: { name: store, url: "${store.url}", lagSeconds: 1 }\n`,
    );
    const main = join(root, 'packages/cli/dist/main.js');
    const child = spawn(process.execPath, [main, 'worker', '--json', '--metrics-port', '0'], {
      cwd: folder,
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let metricsUrl = '';
    let alert: unknown;
    for await (const text of createInterface({ input: child.stdout })) {
      const line: unknown = JSON.parse(text);
      metricsUrl ||= String(Reflect.get(Object(line), 'metricsUrl') ?? '');
      alert = Reflect.get(Object(line), 'finding');
      if (alert !== undefined) break;
    }
    expect(alert).toMatchObject({ rule: 'volume', labels: { service: 'shop', feature: 'chat' } });
    const metrics = await (await fetch(`${metricsUrl}/metrics`)).text();
    expect(metrics).toMatch(/tokenmeter_worker_evaluations_total\{source="store"\} [1-9]/);
    expect(metrics).toMatch(/tokenmeter_worker_incidents_open\{source="store"\} 1\n/);
    expect(metrics).toMatch(/tokenmeter_worker_lag_seconds\{source="store"\} \d/);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await rm(folder, { recursive: true });
  },
);

test.skipIf(!victoria.isThere)(
  'backtest replays a store by its URL, by minutes and by five minutes',
  { timeout: 240_000 },
  async () => {
    await using store = await startVictoriaMetrics(victoria.isThere ? victoria.path : '');
    await fill(store);
    const range = ['--from', new Date(Date.now() - 22 * 86_400_000).toISOString()];
    for (const step of ['5m', '1m']) {
      const flags = ['--prometheus', store.url, '--step', step, '--time-zone', 'UTC', '--json'];
      const recent =
        step === '1m' ? ['--from', new Date(Date.now() - 86_400_000).toISOString()] : range;
      const { code, stdout, stderr } = await runTokenmeter(['backtest', ...flags, ...recent], {
        timeoutMs: 200_000,
      });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      if (step === '1m') continue;
      expect(JSON.parse(stdout.split('\n')[0] ?? '{}')).toMatchObject({
        rule: 'volume',
        state: 'firing',
        labels: { service: 'shop', feature: 'chat' },
      });
    }
  },
);
