import { expect, test } from 'vitest';
import { bundledPriceBook, priceCall } from '../../packages/pricing/src/index.ts';
import { VARIANTS } from '../dialects/variants/index.ts';
import type { Variant, VariantCall } from '../dialects/variants/variant.ts';
import { findComponent } from '../support/components.ts';
import { sendTraces, traceExport } from './otlp-spans.ts';
import { runIntoSink } from './run-into-sink.ts';

const collector = findComponent('collector');
const CLASSES = [
  ...['input', 'cache_read', 'cache_write', 'output', 'reasoning'],
  ...['input_audio', 'output_audio'],
];
const PICO = 1e12;
const book = bundledPriceBook();

function picoUsdOf({ provider, model, tokens, serviceTier }: VariantCall): number {
  if (tokens === undefined) return 0;
  const priced = priceCall(
    {
      provider,
      requestModel: model,
      responseModel: model,
      startEpochMs: Date.now(),
      modifiers: { ...(serviceTier !== undefined && { serviceTier }) },
      usage: { kind: 'reported', tokens, requests: {}, raw: {} },
    },
    book,
  );
  return priced.kind === 'priced' ? priced.totalPicoUsd : 0;
}

function wanted({ note, calls, unpriced = [] }: Variant) {
  const tokens = Object.fromEntries(CLASSES.map((name) => [name, 0]));
  for (const [name, count] of calls.flatMap((call) => Object.entries(call.tokens ?? {}))) {
    const counted = name.startsWith('cache_write') ? 'cache_write' : name;
    tokens[counted] = (tokens[counted] ?? 0) + count;
  }
  const picoUsd = calls.reduce((sum, call) => sum + picoUsdOf(call), 0);
  return { note, calls: calls.length, tokens, picoUsd, unpriced: unpriced.length };
}

test.skipIf(!collector.isThere)(
  'spans that nobody captured are charged once, in their classes, at the price of priceCall',
  { timeout: 120_000 },
  async () => {
    await using run = await runIntoSink(collector);
    const { running, sink } = run;
    for (const { note, scopes } of VARIANTS) {
      expect(await sendTraces(running.url, traceExport(scopes, { 'service.name': note }))).toBe(
        200,
      );
    }
    expect(await running.stop()).toBe(0);
    const got = VARIANTS.map(({ note }) => {
      const service = { 'service.name': note };
      const counted = (name: string): number =>
        sink.sumOf('tokenmeter.tokens', { ...service, 'tokenmeter.token.class': name }) +
        (name === 'cache_write' ? counted('cache_write_5m') + counted('cache_write_1h') : 0);
      return {
        note,
        calls: sink.sumOf('tokenmeter.calls', service),
        tokens: Object.fromEntries(CLASSES.map((name) => [name, counted(name)])),
        picoUsd: Math.round(sink.sumOf('tokenmeter.cost', service) * PICO),
        unpriced: sink.sumOf('tokenmeter.unpriced', service),
      };
    });
    expect(got).toEqual(VARIANTS.map(wanted));
  },
);
