import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ReplayTotal, startReplayProvider } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import {
  makeFolder,
  type RunningUp,
  root,
  runNode,
  runTokenmeter,
  startUp,
} from './run-process.ts';

const app = join(root, 'test/e2e/apps/mixed-calls.mjs');
const register = pathToFileURL(join(root, 'packages/node/dist/register.js')).href;

/**
 * Published rates in micro-USD per million tokens, which is pico-USD per token.
 *
 * OpenAI and Anthropic price pages as quoted in the price research of 2026-11-20: gpt-4o 2.50/1.25/10, gpt-4o-mini
 * .15/.075/.60, gpt-4.1 2/.50/8 (reasoning as output), claude-opus-5-5 4/.20/20, writes 5 (5 min) and 8 (1 h).
 */
const RATES: Readonly<Record<string, Readonly<Record<string, bigint>>>> = {
  'gpt-4o': { input: 2_500_000n, cache_read: 1_250_000n, output: 10_000_000n },
  'gpt-4o-mini': { input: 150_000n, cache_read: 75_000n, output: 600_000n },
  'gpt-4.1': { input: 2_000_000n, cache_read: 500_000n, output: 8_000_000n, reasoning: 8_000_000n },
  'claude-opus-5-5': {
    input: 4_000_000n,
    cache_read: 200_000n,
    cache_write_5m: 5_000_000n,
    cache_write_1h: 8_000_000n,
    output: 20_000_000n,
  },
};

interface ModelTotal {
  readonly model: string;
  readonly calls: number;
  readonly tokens: Readonly<Record<string, number>>;
  readonly picoUsd: bigint;
}

function truthOf(total: ReplayTotal): ModelTotal {
  const rates = RATES[total.model];
  const tokens = Object.fromEntries(Object.entries(total.tokens).filter(([, count]) => count > 0));
  const picoUsd = Object.entries(tokens).reduce(
    (sum, [name, count]) => sum + BigInt(count) * (rates?.[name] ?? 0n),
    0n,
  );
  return { model: total.model, calls: total.responses, tokens, picoUsd };
}

async function query(
  up: RunningUp,
  folder: string,
  sql: string,
): Promise<Record<string, unknown>[]> {
  const { stdout, stderr, code } = await runTokenmeter(['sql', sql, '--json', '--data', folder]);
  expect({ code, stderr, up: up.url }).toEqual({ code: 0, stderr: '', up: up.url });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Record<string, unknown> => JSON.parse(line));
}

/** What the ledger's minutes say, by model. */
async function ledgerTotals(up: RunningUp, folder: string): Promise<ModelTotal[]> {
  const rows = await query(
    up,
    folder,
    `SELECT coalesce(request_model, model) AS model, token_class, sum(calls)::DOUBLE AS calls, sum(tokens)::DOUBLE AS tokens,
       sum(cost_pico_usd)::VARCHAR AS pico FROM usage_1m WHERE measure IN ('calls', 'tokens', 'cost') GROUP BY ALL ORDER BY ALL`,
  );
  const models = [...new Set(rows.map((row) => String(row.model)))].sort();
  return models.map((model) => {
    const mine = rows.filter((row) => row.model === model);
    const tokens = mine.filter((row) => row.token_class !== null && Number(row.tokens) > 0);
    return {
      model,
      calls: mine.reduce((sum, row) => sum + Number(row.calls), 0),
      tokens: Object.fromEntries(
        tokens.map((row) => [String(row.token_class), Number(row.tokens)]),
      ),
      picoUsd: mine.reduce((sum, row) => sum + BigInt(String(row.pico)), 0n),
    };
  });
}

test.for(['always_on', 'always_off'])(
  '1,000 mixed calls: the ledger has the provider’s own totals with the sampler %s',
  { timeout: 240_000 },
  async (sampler) => {
    await using folder = await makeFolder();
    await using provider = await startReplayProvider();
    await using up = await startUp(folder.path);
    const finished = await runNode(['--import', register, app], {
      env: {
        PROVIDER_URL: provider.url,
        CALLS: '1000',
        CONCURRENCY: '16',
        OTEL_EXPORTER_OTLP_ENDPOINT: up.url,
        OTEL_TRACES_SAMPLER: sampler,
        OTEL_SERVICE_NAME: 'mixed',
      },
    });
    expect({ code: finished.code, stderr: finished.stderr }).toEqual({ code: 0, stderr: '' });
    await provider.settled();
    const truth = provider
      .totals()
      .map(truthOf)
      .sort((a, b) => (a.model < b.model ? -1 : 1));
    expect(truth.reduce((sum, each) => sum + each.calls, 0)).toBeGreaterThanOrEqual(1050);
    expect(await ledgerTotals(up, folder.path)).toEqual(truth);
    const [calls] = await query(up, folder.path, 'SELECT count(*)::INT AS n FROM llm_telemetry');
    const wanted = sampler === 'always_on' ? truth.reduce((sum, each) => sum + each.calls, 0) : 0;
    expect(calls).toEqual({ n: wanted });
  },
);
