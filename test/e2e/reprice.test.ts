import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startReplayProvider } from '@tokenmeter/testkit';
import { describe, expect, test } from 'vitest';
import { makeSpan, sendUntilAcknowledged, traceRequest } from './otlp-client.ts';
import {
  type Finished,
  makeFolder,
  type RunningUp,
  root,
  runNode,
  runTokenmeter,
  startUp,
} from './run-process.ts';

const START = Date.parse('2026-11-20T12:00:00Z');
/** Prices that a person renewed on this machine take no part. */
const CLEAN = { XDG_CACHE_HOME: join(root, 'test/output/no-cache') };
const FOREVER = new AbortController().signal;

/** USD per million tokens of gpt-4o in a price file. */
const prices = (input: number, output: number): string =>
  JSON.stringify({ prices: [{ provider: 'openai', model: 'gpt-4o', rates: { input, output } }] });

/** A call of 1,000 + 500 tokens that cost 0.0125 USD at 5 and 15 USD per million. */
const call = (more: Record<string, string | number | boolean> = {}): unknown =>
  makeSpan(START, {
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 1000,
    'gen_ai.usage.output_tokens': 500,
    'tokenmeter.cost.total': 0.0125,
    'tokenmeter.cost.source': 'user',
    'tokenmeter.cost.price_version': 'article',
    ...more,
  });

const send = (up: RunningUp, ...spans: readonly unknown[]): Promise<number> =>
  sendUntilAcknowledged(up.url, '/v1/traces', traceRequest('shop', spans), FOREVER);

const RANGE = ['--from', '2026-11-20', '--to', '2026-11-21'];
const reprice = (dataDir: string, ...args: readonly string[]): Promise<Finished> =>
  runTokenmeter(['ledger', 'reprice', ...RANGE, '--data', dataDir, ...args], {
    cwd: dataDir,
    env: CLEAN,
  });

async function costs(dataDir: string): Promise<unknown> {
  const sql =
    'SELECT cost_usd, reported_cost_usd, reported_price_version FROM llm_telemetry ORDER BY 1';
  const { stdout } = await runTokenmeter(['sql', sql, '--json', '--data', dataDir]);
  const lines = stdout.trim().split('\n');
  return lines.map((line) => Object.values(JSON.parse(line)));
}

describe('tokenmeter ledger reprice', () => {
  test('shows, asks and writes: through the running server, then on the closed ledger', async () => {
    await using folder = await makeFolder();
    const data = folder.path;
    await writeFile(join(data, 'contract.json'), prices(1, 2));
    const up = await startUp(data, { env: CLEAN });
    await send(up, call(), call());

    // Nobody can be asked: the difference is shown, nothing is written. 1,000 × 2.50 + 500 × 10 = 0.0075 USD each.
    const shown = await reprice(data);
    expect(shown.code).toBe(2);
    expect(shown.stderr).toContain('--yes');
    expect(shown.stdout).toMatch(/gpt-4o +2 +2 +\$0\.025 +\$0\.015 +-\$0\.01 +0 → 0/);
    expect(await costs(data)).toEqual([
      [0.0125, 0.0125, 'article'],
      [0.0125, 0.0125, 'article'],
    ]);

    const written = await reprice(data, '--yes', '--json');
    expect(written.code).toBe(0);
    expect(JSON.parse(written.stdout)).toMatchObject({
      applied: true,
      calls: 2,
      changed_calls: 2,
      old: { cost_usd: 0.025, unpriced_calls: 0 },
      new: { cost_usd: 0.015, unpriced_calls: 0 },
    });
    expect(await costs(data)).toEqual([
      [0.0075, 0.0125, 'article'],
      [0.0075, 0.0125, 'article'],
    ]);

    await up[Symbol.asyncDispose]();
    // 1,000 × 1 + 500 × 2 = 0.002 USD each.
    const closed = await reprice(data, '--yes', '--prices', 'contract.json');
    expect(closed).toMatchObject({ code: 0, stderr: expect.stringContaining('2 new costs') });
    expect(closed.stdout).toContain('contract.json-');
    const again = await reprice(data, '--yes', '--prices', 'contract.json');
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('no cost differs') });
    expect(await costs(data)).toEqual([
      [0.002, 0.0125, 'article'],
      [0.002, 0.0125, 'article'],
    ]);
  });

  test('files of the command line go to the running server, YAML too', async () => {
    await using folder = await makeFolder();
    const data = folder.path;
    const yaml =
      'prices:\n  - provider: openai\n    model: gpt-4o\n    rates: { input: 1, output: 2 }\n';
    await writeFile(join(data, 'contract.yaml'), yaml);
    await using up = await startUp(data, { env: CLEAN });
    await send(up, call({ 'tokenmeter.feature': 'search' }), call());
    const args = ['--yes', '--json', '--feature', 'search', '--prices', 'contract.yaml'];
    const { stdout, stderr, code } = await reprice(data, ...args, '--replace');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({
      calls: 1,
      new: { cost_usd: 0.002 },
      book: expect.stringMatching(/^contract\.yaml-[0-9a-f]{8}$/),
    });
  });

  test.for([
    { note: 'a time that is none', args: ['--to', 'tomorrow'], want: '--to must be a time' },
    { note: 'a range that is none', args: ['--to', '2026-11-19'], want: '--from must be before' },
    { note: 'no such price file', args: ['--prices', 'none.json'], want: 'cannot be read' },
    { note: 'replace alone', args: ['--replace'], want: '--replace needs a price file' },
    { note: 'no ledger', args: ['--yes'], want: 'there is no ledger' },
  ])('$note is refused', async ({ args, want }) => {
    await using folder = await makeFolder();
    const finished = await reprice(folder.path, ...args);
    expect(finished.stderr).toContain(want);
    expect(finished.code).not.toBe(0);
  });
});

async function until(up: RunningUp, text: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!up.output().includes(text)) {
    if (Date.now() > deadline) throw new Error(`never said ${text}: ${up.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

test('up follows its price files: bad ones are refused with their place, good ones are announced', async () => {
  await using folder = await makeFolder();
  const file = join(folder.path, 'contract.json');
  await writeFile(file, prices(1, 2));
  await using up = await startUp(folder.path, {
    env: { ...CLEAN, TOKENMETER_PRICES: 'contract.json' },
  });
  await until(up, 'prices in force: ');
  const inForce = async (): Promise<unknown> => {
    const overview: unknown = await (await fetch(`${up.url}/api/v1/overview`)).json();
    return overview;
  };
  const first = await inForce();
  expect(first).toMatchObject({ priceBookInForce: expect.stringContaining('contract.json-') });

  // An editor that writes in place leaves half a file; the last good prices stay.
  await writeFile(file, '{\n  "prices": [}');
  await until(up, 'contract.json:2:14');
  expect(await inForce()).toMatchObject({ priceBookInForce: Object(first).priceBookInForce });

  // An editor that replaces the file.
  await writeFile(`${file}.new`, prices(3, 4));
  await rename(`${file}.new`, file);
  await until(up, 'new prices in force: ');
  expect(Object(await inForce()).priceBookInForce).not.toBe(Object(first).priceBookInForce);

  const span = makeSpan(START, {
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 1000,
    'gen_ai.usage.output_tokens': 500,
    'tokenmeter.metered': false,
  });
  await send(up, span);
  // 1,000 × 3 + 500 × 4 = 5,000 millionths.
  expect(await costs(folder.path)).toEqual([[0.005, 0.005, expect.stringContaining('contract')]]);
});

test('up refuses to start with prices that cannot be used', async () => {
  await using folder = await makeFolder();
  await writeFile(join(folder.path, 'bad.json'), '{"prices":[{"model":"m","rates":{"input":-1}}]}');
  const args = ['up', '--port', '0', '--prices', 'bad.json'];
  const { code, stderr } = await runTokenmeter(args, { cwd: folder.path });
  expect(code).toBe(2);
  expect(stderr).toContain('bad.json:1:');
});

test('calls of real clients, priced again from what the ledger keeps, cost what they cost on the wire', async () => {
  await using folder = await makeFolder();
  await using provider = await startReplayProvider();
  await using up = await startUp(folder.path, { env: CLEAN });
  const register = pathToFileURL(join(root, 'packages/node/dist/register.js')).href;
  const app = join(root, 'test/e2e/apps/mixed-calls.mjs');
  const finished = await runNode(['--import', register, app], {
    env: {
      PROVIDER_URL: provider.url,
      CALLS: '200',
      OTEL_EXPORTER_OTLP_ENDPOINT: up.url,
      OTEL_SERVICE_NAME: 'mixed',
    },
  });
  expect(finished.code).toBe(0);
  await provider.settled();
  const calls = provider.totals().reduce((sum, { responses }) => sum + responses, 0);
  const now = ['--from', '2026-01-01', '--to', '2126-01-01', '--data', folder.path, '--json'];
  const { stdout, code } = await runTokenmeter(['ledger', 'reprice', ...now], { env: CLEAN });
  expect(code).toBe(0);
  const shown = JSON.parse(stdout);
  expect(shown).toMatchObject({
    calls,
    changed_calls: 0,
    kept: { reported_cost: 0, several_passes: 0, not_recorded: 0 },
  });
  expect(shown.old.cost_usd).toBeGreaterThan(0.1);
  expect(shown.new).toEqual(shown.old);
  // Twice the list price of one model is twice its cost, classes and all.
  await writeFile(
    join(folder.path, 'twice.json'),
    '{"prices":[{"provider":"anthropic","model":"claude-opus-5-5","multiplier":2}]}',
  );
  const twice = ['--prices', join(folder.path, 'twice.json'), '--yes'];
  const doubled = await runTokenmeter(['ledger', 'reprice', ...now, ...twice], { env: CLEAN });
  const { models } = JSON.parse(doubled.stdout);
  expect(models[0]).toMatchObject({
    model: 'claude-opus-5-5',
    new: { cost_usd: models[0].old.cost_usd * 2 },
  });
});
