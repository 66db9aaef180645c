import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bundledPriceBook } from '@tokenmeter/pricing';
import { expect, test } from 'vitest';
import { openLedger } from './open-ledger.ts';
import { hexId, tracesJson } from './otlp.test-kit.ts';
import { queryLedger } from './query-ledger.ts';
import { repriceCalls } from './reprice-calls.ts';
import { startTestServer, temporaryFolder } from './server.test-kit.ts';

const SCRIPT = fileURLToPath(new URL('./server-process.test-kit.ts', import.meta.url));
const CALLS = 60_000;
const NOW = Date.now();
const RANGE = { from: NOW - 3_600_000, to: NOW };

/** Many metered calls of 1,000 + 500 tokens of gpt-4o that cost 0.0125 USD each. */
async function fill(dataDir: string, calls: number): Promise<void> {
  await using kit = await startTestServer({ dataDir });
  const span = {
    spanId: hexId(16, 1),
    startEpochMs: NOW - 60_000,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 500,
      'tokenmeter.metered': true,
      'tokenmeter.cost.total': 0.0125,
      'tokenmeter.cost.source': 'user',
    },
  };
  await kit.post('/v1/traces', tracesJson([span]));
  await kit.server.close();
  const { instance, connection } = await openLedger(dataDir, 'UTC');
  await connection.run(
    `INSERT INTO calls SELECT c.* REPLACE (printf('%016x', n) AS span_id) FROM calls c, range(2, ${calls + 1}) AS r(n)`,
  );
  connection.closeSync();
  instance.closeSync();
}

async function start(dataDir: string): Promise<{ child: ChildProcess; url: string }> {
  const flags = ['--experimental-strip-types', '--no-warnings', SCRIPT, dataDir];
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((done, failed) => {
    child.stdout?.once('data', (text: Buffer) => done(String(text).trim()));
    child.once('exit', (code) => failed(new Error(`the server ended with ${code}`)));
  });
  return { child, url };
}

test('killed in the middle, a repricing leaves nothing or everything', async () => {
  const folder = await temporaryFolder();
  await fill(folder.path, CALLS);
  const countCosts = async (): Promise<unknown> =>
    (await queryLedger(folder.path, 'SELECT count(*) FROM call_costs')).rows[0]?.[0];
  for (const delayMs of [30, 90, 180]) {
    const { child, url } = await start(folder.path);
    const answered = fetch(`${url}/api/v1/ledger/reprice`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...RANGE, apply: true }),
    }).then(
      (answer) => answer.ok,
      () => false,
    );
    await Promise.race([sleep(delayMs), answered]);
    child.kill('SIGKILL');
    await new Promise((done) => child.once('exit', done));
    const isDone = await answered;
    expect(isDone ? [CALLS] : [0, CALLS]).toContain(await countCosts());
  }
  const { instance, connection } = await openLedger(folder.path, 'UTC');
  const book = bundledPriceBook();
  const order = { fromEpochMs: RANGE.from, toEpochMs: RANGE.to, filters: {}, book };
  await repriceCalls(instance, { ...order, isApplied: true }, { clock: Date.now });
  connection.closeSync();
  instance.closeSync();
  const sql = 'SELECT count(*), count(repriced_at), sum(cost_pico_usd)::BIGINT FROM llm_telemetry';
  expect((await queryLedger(folder.path, sql)).rows).toEqual([
    [CALLS, CALLS, CALLS * 7_500_000_000],
  ]);
  expect(await countCosts()).toBe(CALLS);
  await folder.remove();
});

test('calls are taken in while others are priced again, and a stop leaves no trace', async () => {
  const folder = await temporaryFolder();
  await fill(folder.path, CALLS);
  await using kit = await startTestServer({ dataDir: folder.path });
  const running = kit.post('/api/v1/ledger/reprice', { ...RANGE, apply: true });
  const span = { spanId: hexId(16, CALLS + 1), startEpochMs: NOW - 1000 };
  const attributes = { 'gen_ai.operation.name': 'chat', 'tokenmeter.metered': true };
  const taken = await kit.post('/v1/traces', tracesJson([{ ...span, attributes }]));
  expect(taken.status).toBe(200);
  await kit.server.close();
  const status = await running.then(
    (answer) => answer.status,
    () => 'cut',
  );
  const { rows } = await queryLedger(folder.path, 'SELECT count(*) FROM call_costs');
  expect(status === 200 ? [CALLS] : [0, CALLS]).toContain(rows[0]?.[0]);
  const calls = await queryLedger(folder.path, 'SELECT count(*) FROM calls');
  expect(calls.rows).toEqual([[CALLS + 1]]);
  await folder.remove();
});

test('a ledger of the version before is brought up to date and keeps its calls as they were', async () => {
  const folder = await temporaryFolder();
  await fill(folder.path, 3);
  const old = await openLedger(folder.path, 'UTC');
  for (const statement of [
    'DROP VIEW llm_telemetry',
    'DROP VIEW repriced_1m',
    'DROP VIEW priced_calls',
    'DROP VIEW newest_call_costs',
    'DROP TABLE call_costs',
    'ALTER TABLE calls DROP COLUMN price_basis',
    'UPDATE ledger_meta SET version = 1',
  ]) {
    await old.connection.run(statement);
  }
  old.connection.closeSync();
  old.instance.closeSync();
  await using kit = await startTestServer({ dataDir: folder.path });
  const answer = await kit.post('/api/v1/ledger/reprice', { ...RANGE, apply: true });
  expect(await answer.json()).toMatchObject({
    calls: 3,
    changedCalls: 0,
    kept: { notRecorded: 3 },
  });
  expect(await kit.rows('SELECT sum(cost_pico_usd), max(version) FROM calls, ledger_meta')).toEqual(
    [[37_500_000_000, 2]],
  );
});
