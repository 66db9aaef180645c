import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOtlpSink, takePort } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import {
  bundledPriceBook,
  createPriceBook,
  type PriceBook,
  type PriceLayer,
  parsePriceFile,
  priceCall,
  withLayers,
} from '../../packages/pricing/src/index.ts';
import { tokenmeter } from '../../packages/semconv/src/index.ts';
import { cleanEnvironment, makeFolder, runTokenmeter } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { answersWell, startProgram } from '../support/start-program.ts';
import { sendTraces, traceExport } from './otlp-spans.ts';
import { drawCalls, type RandomCall } from './random-calls.ts';

const collector = findComponent('collector');
const binary = collector.isThere ? collector.path : '';

/** What a person may write: a house model, a contract, a discount, prices that change, tiers, what costs nothing. */
const PRICES: readonly Readonly<Record<string, unknown>>[] = [
  {
    provider: 'acme',
    model: 'acme-large-2',
    rates: { input: 2, output: 8.5, cache_read: 0.2, cache_write_5m: 2.5, cache_write_1h: 4 },
    long_context: [{ above_tokens: 200_000, rates: { input: 4, output: 17 } }],
    requests: { web_search: 0.01 },
    source: 'https://acme.example/prices',
  },
  {
    provider: 'acme',
    model: 'acme-small-1',
    rates: { input: 0.1, output: 0.4 },
    valid_to: '2026-06-30',
    source: 'contract',
  },
  {
    provider: 'acme',
    model: 'acme-small-1',
    rates: { input: 0.05, output: 0.3 },
    variants: { batch: { multiplier: 0.5 } },
    valid_from: '2026-07-01',
    source: 'contract',
  },
  {
    provider: 'acme',
    model: 'acme-large-2',
    service_tier: 'gold',
    rates: { input: 3, output: 9 },
    source: 'contract',
  },
  { provider: 'openai', model: 'gpt-4o', multiplier: 0.85, source: 'discount' },
  { provider: 'acme', model: 'acme-free', free: true, source: 'ours' },
];

/** The file in YAML. */
function renderYaml(): string {
  const items = PRICES.map((price) =>
    Object.entries(price)
      .map(([key, value], at) => `${at === 0 ? '  - ' : '    '}${key}: ${JSON.stringify(value)}`)
      .join('\n'),
  );
  return `name: ours\nprices:\n${items.join('\n')}\n`;
}

function ownLayer(): PriceLayer {
  const text = JSON.stringify({ name: 'ours', prices: PRICES });
  const parsed = parsePriceFile(text, { name: 'ours', mode: 'overlay' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.layer;
}

function expected({ call }: RandomCall, book: PriceBook): string {
  const priced = priceCall(call, book);
  return priced.kind === 'priced' ? `${priced.totalPicoUsd} ${priced.source}` : priced.reason;
}

test.skipIf(!collector.isThere)(
  'a running Collector asks the prices of a person’s file, to the pico-USD',
  { timeout: 240_000 },
  async () => {
    await using folder = await makeFolder();
    await using sink = await startOtlpSink();
    const file = join(folder.path, 'my.yaml');
    writeFileSync(file, renderYaml());
    const out = join(folder.path, 'llm');
    const written = await runTokenmeter(
      ['collector', 'config', '--backend', 'otlp', '--out', out],
      { cwd: folder.path },
    );
    expect(written.code).toBe(0);
    const bundled = readFileSync(join(out, 'generated/price-version.ottl'), 'utf8');
    const rendered = await runTokenmeter(
      ['collector', 'prices', '--prices', 'my.yaml', '--out', 'llm/generated'],
      { cwd: folder.path },
    );
    expect([rendered.code, rendered.stderr]).toEqual([0, '']);
    expect(readFileSync(join(out, 'generated/price-version.ottl'), 'utf8')).not.toBe(bundled);
    const [port, grpcPort, journalPort, healthPort, metricsPort] = [1, 2, 3, 4, 5].map(takePort);
    await using running = await startProgram(join(out, 'start.sh'), {
      args: [],
      cwd: folder.path,
      env: {
        ...cleanEnvironment(),
        TOKENMETER_COLLECTOR: binary,
        TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url,
        TOKENMETER_OTLP_PORT: String(port),
        TOKENMETER_OTLP_GRPC_PORT: String(grpcPort),
        TOKENMETER_JOURNAL_PORT: String(journalPort),
        TOKENMETER_HEALTH_PORT: String(healthPort),
        TOKENMETER_SELF_METRICS_PORT: String(metricsPort),
      },
      isReady: () => answersWell(`http://127.0.0.1:${healthPort}/`),
    });
    const layer = ownLayer();
    const book = withLayers(bundledPriceBook(), [layer]);
    // Calls of the file's own models, and of the bundled ones beside them.
    const calls = [
      ...drawCalls(createPriceBook([layer]), 1500, 7),
      ...drawCalls(bundledPriceBook(), 500, 8),
    ];
    const spans = calls.map(({ call, attributes }, index) => ({
      name: String(index),
      attributes,
      startEpochMs: call.startEpochMs,
      endEpochMs: call.endEpochMs ?? 0,
    }));
    for (let at = 0; at < spans.length; at += 500) {
      const body = traceExport({ any: spans.slice(at, at + 500) });
      expect(await sendTraces(`http://127.0.0.1:${port}`, body)).toBe(200);
    }
    await sink.until(() => sink.spans().length >= calls.length, 120_000);
    const wrong = sink.spans().flatMap(({ name, attributes }) => {
      const drawn = calls[Number(name)];
      const total = attributes[tokenmeter.costTotal];
      const got =
        typeof total === 'number'
          ? `${Math.round(total * 1e12)} ${attributes[tokenmeter.costSource]}`
          : String(attributes[tokenmeter.unpricedReason]);
      const want = drawn === undefined ? 'nothing' : expected(drawn, book);
      return got === want
        ? []
        : [{ want, got, ...drawn?.attributes, at: drawn?.call.startEpochMs }];
    });
    expect(wrong.slice(0, 10)).toEqual([]);
    const user = calls.filter((call) => expected(call, book).endsWith(' user'));
    expect(user.length).toBeGreaterThan(500);
    expect(running.output()).not.toMatch(/error/i);
  },
);
