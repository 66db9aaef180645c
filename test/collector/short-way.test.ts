import { expect, test } from 'vitest';
import { bundledPriceBook } from '../../packages/pricing/src/index.ts';
import { findComponent } from '../support/components.ts';
import { type SpanParts, type SpanValue, sendTraces, traceExport } from './otlp-spans.ts';
import { drawCalls } from './random-calls.ts';
import { runIntoSink } from './run-into-sink.ts';

const collector = findComponent('collector');
const SEED = 20_261_122;
const SPANS = 1_500;
const PER_EXPORT = 250;
const METRICS = [
  'tokenmeter.calls',
  'tokenmeter.tokens',
  'tokenmeter.cost',
  'tokenmeter.unpriced',
  'tokenmeter.call.cost',
];

const CALL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.response.model': 'gpt-4o-2024-08-06',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 500,
} as const;
const CACHED = 'gen_ai.usage.cache_read.input_tokens';
const WRITTEN = 'gen_ai.usage.cache_creation.input_tokens';
const REASONED = 'gen_ai.usage.reasoning.output_tokens';
const anthropic = {
  'gen_ai.provider.name': 'anthropic',
  'gen_ai.request.model': 'claude-sonnet-4-5',
  'gen_ai.response.model': 'claude-sonnet-4-5',
} as const;

/** What may or may not be plain, beside what is drawn at random. */
const CHANGES: readonly Readonly<Record<string, SpanValue>>[] = [
  {},
  { [CACHED]: 0 },
  { [CACHED]: 600 },
  { [CACHED]: '600' },
  { [REASONED]: 200 },
  { [REASONED]: 0 },
  { [REASONED]: 900 },
  { [REASONED]: '200' },
  { [REASONED]: 200, [CACHED]: 600 },
  { [CACHED]: -5 },
  { [CACHED]: 5000 },
  { [CACHED]: 1.5 },
  { 'gen_ai.usage.output_tokens': 1.5 },
  { 'gen_ai.usage.output_tokens': -1 },
  { 'gen_ai.usage.input_tokens': 2_000_000_000 },
  { 'gen_ai.operation.name': 'embeddings', 'gen_ai.usage.output_tokens': 0 },
  { 'tokenmeter.feature': 'a\u001fb' },
  { 'gen_ai.request.model': 'gpt-4o\u001f', [REASONED]: 100 },
  { ...anthropic },
  { ...anthropic, [CACHED]: 100, [WRITTEN]: 300 },
  { ...anthropic, [CACHED]: 900, [WRITTEN]: 300 },
  { ...anthropic, [WRITTEN]: 0 },
  { ...anthropic, [CACHED]: 0, [WRITTEN]: 0, [REASONED]: 0 },
  { ...anthropic, [WRITTEN]: 300, [REASONED]: 50 },
  { ...anthropic, [WRITTEN]: 300, 'gen_ai.usage.details.ephemeral_1h_input_tokens': 300 },
  { 'gen_ai.provider.name': 'gcp.gemini', 'gen_ai.response.model': 'gemini-2.5-flash' },
  {
    'gen_ai.provider.name': 'gcp.gemini',
    'gen_ai.response.model': 'gemini-2.5-flash',
    'gen_ai.usage.total_tokens': 2000,
  },
  { 'gen_ai.provider.name': 'azure.ai.openai', 'server.address': 'eu.api.openai.com' },
  { 'server.address': 'eu.api.openai.com' },
  { 'openai.response.service_tier': 'default' },
  { 'openai.response.service_tier': 'priority' },
  { 'http.route': '/answer', 'tokenmeter.feature': 'chat', 'tokenmeter.team': 'search' },
  { 'http.route': '/v1/chat', 'http.request.method': 'POST' },
  { 'gen_ai.agent.name': 'helper', 'gen_ai.prompt.version': '3' },
  { 'gen_ai.response.model': 'a-model-of-nobody' },
  { 'error.type': 'timeout' },
  { 'gen_ai.usage.cost': 0.5 },
  { 'tokenmeter.cost.total': 7, 'tokenmeter.cost.source': 'provider' },
  { 'gen_ai.operation.name': 'invoke_agent' },
];

interface Seen {
  readonly spans: readonly (readonly [string, Readonly<Record<string, unknown>>])[];
  readonly sums: Readonly<Record<string, readonly string[]>>;
}

async function see(exports: readonly string[], way: 'on' | 'off'): Promise<Seen> {
  await using run = await runIntoSink(collector, { env: { TOKENMETER_SHORT_WAY: way } });
  const { running, sink } = run;
  for (const body of exports) expect(await sendTraces(running.url, body)).toBe(200);
  await sink.until(() => sink.spans().length >= SPANS + CHANGES.length, 120_000);
  expect(await running.stop()).toBe(0);
  const points = (name: string): readonly string[] =>
    sink
      .metrics(name)
      .map(({ attributes, value }) => JSON.stringify([sorted(attributes), rounded(value)]))
      .sort();
  return {
    spans: sink
      .spans()
      .map(({ name, attributes }) => [name, sorted(attributes)] as const)
      .sort(([a], [b]) => Number(a) - Number(b)),
    sums: Object.fromEntries(METRICS.map((name) => [name, points(name)])),
  };
}

function sorted(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Sums of doubles in another order differ in the last digits. */
function rounded(value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(12)) : value;
}

test.skipIf(!collector.isThere)(
  'the short way and the long way say the same of every span, and count the same',
  { timeout: 400_000 },
  async () => {
    const drawn: SpanParts[] = drawCalls(bundledPriceBook(), SPANS, SEED).map(
      ({ call, attributes }, index) => ({
        name: String(index),
        attributes,
        startEpochMs: call.startEpochMs,
        endEpochMs: call.endEpochMs ?? 0,
      }),
    );
    const changed = CHANGES.map((change, index) => ({
      name: String(SPANS + index),
      attributes: { ...CALL, ...change },
    }));
    const exports = [traceExport({ any: changed })];
    for (let at = 0; at < SPANS; at += PER_EXPORT) {
      exports.push(traceExport({ any: drawn.slice(at, at + PER_EXPORT) }));
    }
    const long = await see(exports, 'off');
    const short = await see(exports, 'on');
    expect(short.sums).toEqual(long.sums);
    expect(short.spans).toEqual(long.spans);
    expect(long.sums['tokenmeter.cost']?.length).toBeGreaterThan(100);
  },
);
