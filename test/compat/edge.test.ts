import { AsyncLocalStorage } from 'node:async_hooks';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EdgeVM } from '@edge-runtime/vm';
import { expect, type TestContext, test } from 'vitest';
import { type Installation, installSdks } from './install-sdks.ts';
import { type CompatProvider, startCompatProvider } from './provider/compat-provider.ts';
import { type RunningWorker, runWorkerd, WORKERD_VERSION } from './run-workerd.ts';
import { SDKS, type Sdk } from './sdk-list.ts';

const root = join(import.meta.dirname, '../..');
const TIMEOUT = { timeout: 300_000 };
const OPENAI = SDKS.filter(({ id }) => id === 'openai-7');
const WORKERD: Sdk = {
  id: 'workerd',
  name: 'workerd',
  dependencies: { workerd: WORKERD_VERSION },
  program: 'worker',
};

interface Told {
  readonly bare: { readonly whole: object; readonly seen: readonly object[] };
  readonly seen: object;
  readonly calls: readonly (readonly unknown[])[];
  readonly totals: readonly number[];
}

/** One file as an edge platform deploys it. Fails at any import that such a platform cannot resolve. */
function bundle(
  { esbuildFolder, folders }: Installation,
  program: string,
  format: 'iife' | 'esm',
): string {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-edge-'));
  try {
    const file = join(folder, 'bundle.js');
    const openai = join(folders.get('openai-7') ?? '', 'node_modules');
    const ours = join(root, 'packages/instrumentation/node_modules');
    execFileSync(process.execPath, [
      join(esbuildFolder, 'node_modules/esbuild/bin/esbuild'),
      join(import.meta.dirname, `programs/${program}.mjs`),
      '--bundle',
      `--format=${format}`,
      '--platform=browser',
      '--conditions=edge-light,worker',
      '--log-level=error',
      `--alias:openai=${join(openai, 'openai')}`,
      `--alias:@opentelemetry/api=${join(ours, '@opentelemetry/api')}`,
      `--alias:@opentelemetry/sdk-metrics=${join(ours, '@opentelemetry/sdk-metrics')}`,
      `--alias:@tokenmeter/instrumentation/edge=${join(root, 'packages/instrumentation/dist/edge.js')}`,
      `--outfile=${file}`,
    ]);
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function install(sdks: readonly Sdk[], context: TestContext): Promise<Installation> {
  try {
    return await installSdks(sdks, () => undefined);
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    context.skip(`${sdks.map(({ id }) => id).join(', ')} and esbuild could not be installed`);
    throw error;
  }
}

test(
  'wrapFetch meters in an edge runtime, and the application sees what it saw before',
  TIMEOUT,
  async (context) => {
    const installation = await install(OPENAI, context);
    await using provider = await startCompatProvider();
    const vm = new EdgeVM({
      // A global of Vercel's runtime that the bare sandbox lacks.
      extend: (globals) => Object.assign(globals, { AsyncLocalStorage }),
    });
    expect(vm.evaluate('typeof process + typeof Buffer + typeof require')).toBe(
      'undefinedundefinedundefined',
    );
    vm.evaluate(`globalThis.PROVIDER = ${JSON.stringify(provider.url)};`);
    vm.evaluate(bundle(installation, 'edge', 'iife'));
    checkTold(JSON.parse(await vm.evaluate('runProgram()')), provider, 'edge');
  },
);

async function startWorker(
  context: TestContext,
  provider: CompatProvider,
  compatibilityDate: string,
): Promise<RunningWorker> {
  const installation = await install([...OPENAI, WORKERD], context);
  const packages = join(installation.folders.get('workerd') ?? '', 'node_modules');
  const code = bundle(installation, 'worker', 'esm');
  return runWorkerd(packages, { code, bindings: { PROVIDER: provider.url }, compatibilityDate });
}

test.for([
  // Without Node's part there is no store that follows promises: `withAttribution` ends at the first `await`.
  { compatibilityDate: '2026-07-01', feature: undefined },
  { compatibilityDate: '2026-11-01', feature: 'edge' },
])(
  "wrapFetch meters in Cloudflare's workerd of $compatibilityDate",
  TIMEOUT,
  async (given, context) => {
    await using provider = await startCompatProvider();
    await using worker = await startWorker(context, provider, given.compatibilityDate);
    const response = await fetch(worker.url);
    const text = await response.text();
    expect([response.status, worker.words()], text).toEqual([200, '']);
    checkTold(JSON.parse(text), provider, given.feature);
  },
);

test('a stream that a worker passes on is metered when it has ended', TIMEOUT, async (context) => {
  await using provider = await startCompatProvider();
  await using worker = await startWorker(context, provider, '2026-11-01');
  const text = await (await fetch(`${worker.url}/pass-on`)).text();
  expect(text).toMatch(/data: \[DONE\]\n\n$/);
  const told: unknown = await (await fetch(`${worker.url}/told`)).json();
  // The first answer: 801 input and 200 cached tokens, 41 visible ones and 9 of reasoning.
  const tokens = { input: 801, cache_read: 200, output: 41, reasoning: 9 };
  expect(told).toMatchObject(['ok', tokens, 0.0027525]);
});

/** The second half of what the provider answered is the metered half. gpt-4o: $2.50, $1.25 cached, $10 out. */
function checkTold(told: Told, provider: CompatProvider, feature: string | undefined): void {
  expect(withoutFigures(told.seen)).toEqual(withoutFigures(told.bare));
  expect(told.bare.seen.length).toBeGreaterThan(4);
  const observed = provider.observed.slice(provider.observed.length / 2);
  const costs = observed.map(({ tokens, model }) => {
    const { input = 0, cache_read = 0, output = 0, reasoning = 0 } = { ...tokens };
    if (tokens === undefined) return undefined;
    if (model !== 'gpt-4o') return (input * 0.02) / 1e6;
    return (input * 2.5 + cache_read * 1.25 + (output + reasoning) * 10) / 1e6;
  });
  expect(told.calls.map(([operation, outcome]) => [operation, outcome])).toEqual([
    ['chat', 'ok'],
    ['chat', 'ok'],
    ['chat', 'aborted'],
    ['chat', 'error'],
    ['embeddings', 'ok'],
  ]);
  expect(told.calls.map((call) => call[3] ?? undefined)).toEqual(Array(5).fill(feature));
  const priced = told.calls.map(([, , cost]) => (typeof cost === 'number' ? cost : 0));
  for (const [index, cost] of costs.entries()) expect(priced[index]).toBeCloseTo(cost ?? 0, 12);
  const tokens = observed.flatMap(({ tokens: counts }) => Object.values(counts ?? {}));
  const [calls, total, usd] = told.totals;
  expect([calls, total]).toEqual([5, tokens.reduce((sum, count) => sum + count, 0)]);
  expect(usd).toBeCloseTo(
    costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0),
    12,
  );
}

/** The provider's answers differ in their ids and counts, which it numbers. */
function withoutFigures(value: object): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(/chatcmpl-\d+|(?<=_tokens":)\d+/g, '0'));
}
