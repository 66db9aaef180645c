import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeSpan, sendUntilAcknowledged, traceRequest } from './otlp-client.ts';
import { makeFolder, type RunningUp, root, runTokenmeter, startUp } from './run-process.ts';

const START = Date.parse('2026-11-20T12:00:00Z');
/** Prices that a person renewed on this machine take no part. */
const CLEAN = { XDG_CACHE_HOME: join(root, 'test/output/no-cache') };
const FOREVER = new AbortController().signal;
type Labels = Readonly<Record<string, string | number | boolean>>;

/** The span of another instrumentation: names and inclusive totals of the conventions, no cost. */
const foreign = (provider: string, model: string, usage: Labels): unknown =>
  makeSpan(START, {
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
    'tokenmeter.metered': false,
    ...usage,
  });

async function rows(up: RunningUp, sql: string): Promise<unknown> {
  const answer = await fetch(`${up.url}/api/v1/sql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql }),
  });
  return Object(await answer.json()).rows;
}

/** What the command says that the same disjoint tokens cost. */
async function priceOf(args: readonly string[]): Promise<number> {
  const at = ['--at', '2026-11-20T12:00:00Z', '--json'];
  const { stdout } = await runTokenmeter(['price', ...args, ...at], { env: CLEAN });
  return JSON.parse(stdout).cost_usd;
}

test('spans of other instrumentations cost what the same calls cost on the wire', async () => {
  await using folder = await makeFolder();
  await using up = await startUp(folder.path, { env: CLEAN });
  const spans = [
    foreign('openai', 'gpt-4o', {
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.cache_read.input_tokens': 400,
      'gen_ai.usage.output_tokens': 500,
      'gen_ai.usage.reasoning.output_tokens': 0,
    }),
    foreign('anthropic', 'claude-opus-5-5', {
      'gen_ai.usage.input_tokens': 10_000,
      'gen_ai.usage.cache_read.input_tokens': 2000,
      'gen_ai.usage.cache_write.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 100,
    }),
    foreign('x_ai', 'grok-4.6', {
      'gen_ai.usage.input_tokens': 200_001,
      'gen_ai.usage.output_tokens': 1000,
      'gen_ai.usage.reasoning.output_tokens': 900,
    }),
    foreign('openai', 'house-model-1', {
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 1,
    }),
    makeSpan(START, {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 11_000,
      'gen_ai.usage.output_tokens': 600,
      'tokenmeter.metered': false,
    }),
  ];
  await sendUntilAcknowledged(up.url, '/v1/traces', traceRequest('python-app', spans), FOREVER);
  const sql = 'SELECT model, cost_usd, cost_source, unpriced_reason FROM llm_telemetry ORDER BY 1';
  // By hand: 7,000 × 4 + 2,000 × 0.20 + 1,000 × 5 + 100 × 20 and 600 × 2.50 + 400 × 1.25 + 500 × 10 millionths; from
  // 200,000 tokens of prompt on, grok-4.6 asks 4 and 12 for the whole call: 200,001 × 4 + 1,000 × 12.
  expect(await rows(up, sql)).toEqual([
    ['claude-opus-5-5', 0.0354, 'snapshot', null],
    ['gpt-4o', 0.007, 'snapshot', null],
    ['grok-4.6', 0.812004, 'snapshot', null],
    ['house-model-1', null, null, 'unknown_model'],
  ]);
  const gpt4o = ['gpt-4o', '--provider', 'openai', '--input', '600'];
  expect(await priceOf([...gpt4o, '--cache-read', '400', '--output', '500'])).toBe(0.007);
  const overview: unknown = await (await fetch(`${up.url}/api/v1/overview`)).json();
  expect(overview).toMatchObject({
    priceBookInForce: expect.stringMatching(/^\d{4}-\d{2}-\d{2}\+[0-9a-f]{8}$/),
  });
  // The minutes say the same: four calls, one of them without a price.
  expect(
    await rows(up, 'SELECT sum(calls), sum(cost_pico_usd), sum(unpriced_calls) FROM usage_1m'),
  ).toEqual([[4, 854_404_000_000, 1]]);
});
