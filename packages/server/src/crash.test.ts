import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { CALL, hexId, metricsJson, tracesJson } from './otlp.test-kit.ts';
import { queryLedger } from './query-ledger.ts';
import { temporaryFolder } from './server.test-kit.ts';

const SCRIPT = fileURLToPath(new URL('./server-process.test-kit.ts', import.meta.url));
const BATCHES = 300;
const SPANS = 20;
const KILLS = 3;

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
}

async function start(dataDir: string): Promise<Running> {
  const flags = ['--experimental-strip-types', '--no-warnings', SCRIPT, dataDir];
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((done, failed) => {
    child.stdout?.once('data', (text: Buffer) => done(String(text).trim()));
    child.once('exit', (code) => failed(new Error(`the server ended with ${code}`)));
  });
  return { child, url };
}

async function stop({ child }: Running, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((done) => child.once('exit', done));
  child.kill(signal);
  await ended;
}

test('killed under load and restarted three times, the ledger has each call once', async () => {
  const folder = await temporaryFolder();
  let running = await start(folder.path);
  let restarting: Promise<void> | undefined;
  const startedEpochMs = Date.now();
  const calls = Array.from({ length: BATCHES }, (_, batch) => ({
    traces: tracesJson(
      Array.from({ length: SPANS }, (_unused, index) => ({
        spanId: hexId(16, batch * SPANS + index + 1),
        startEpochMs: startedEpochMs,
        attributes: { ...CALL, 'tokenmeter.metered': true, 'tokenmeter.cost.total': 0.001 },
      })),
    ),
    metrics: metricsJson([
      {
        metric: 'tokenmeter.cost',
        isDouble: true,
        value: ((batch + 1) * SPANS) / 1000,
        epochMs: startedEpochMs + batch,
        startEpochMs: startedEpochMs,
        attributes: CALL,
      },
    ]),
  }));
  const sendUntilTaken = async (path: string, body: object): Promise<void> => {
    for (;;) {
      try {
        const headers = { 'content-type': 'application/json' };
        const init = { method: 'POST', headers, body: JSON.stringify(body) };
        if ((await fetch(running.url + path, init)).status === 200) return;
      } catch {
        // The server was killed: the sender comes again with the same batch, as exporters do.
      }
      await restarting;
    }
  };
  let next = 0;
  let kills = 0;
  const killAndRestart = async (): Promise<void> => {
    await stop(running, 'SIGKILL');
    running = await start(folder.path);
    restarting = undefined;
  };
  const sender = async (): Promise<void> => {
    for (let batch = next++; batch < BATCHES; batch = next++) {
      const { traces, metrics } = calls[batch] ?? { traces: {}, metrics: {} };
      await Promise.all([
        sendUntilTaken('/v1/traces', traces),
        sendUntilTaken('/v1/metrics', metrics),
      ]);
      if (kills < KILLS && batch > (BATCHES / (KILLS + 1)) * (kills + 1) && !restarting) {
        kills += 1;
        restarting = killAndRestart();
      }
    }
  };
  await Promise.all(Array.from({ length: 6 }, sender));
  await restarting;
  await stop(running, 'SIGKILL');
  expect(kills).toBe(KILLS);
  const total = BATCHES * SPANS;
  expect(
    (await queryLedger(folder.path, 'SELECT count(*), count(DISTINCT span_id) FROM calls')).rows,
  ).toEqual([[total, total]]);
  expect((await queryLedger(folder.path, 'SELECT sum(cost_pico_usd) FROM usage_1m')).rows).toEqual([
    [total * 1_000_000_000],
  ]);
  await folder.remove();
});
