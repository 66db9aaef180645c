import { fileURLToPath } from 'node:url';
import {
  CONFIG_FOLDER,
  composeCollector,
  readConfigFile,
  renderConfigArguments,
} from '@tokenmeter/collector-config';
import { startOtlpSink, takePort } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { makeFolder } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { answersWell, startProgram } from '../support/start-program.ts';
import { type SpanParts, sendTraces, traceExport } from './otlp-spans.ts';
import { type RunningCollector, runCollector } from './run-collector.ts';

const collector = findComponent('collector');
const binary = collector.isThere ? collector.path : '';
const isLong = process.env.TOKENMETER_LONG_TESTS === '1';
const PAYLOADS = 2000;
const CONNECTIONS = 64;

/** USD per token (openai.com/api/pricing and platform.claude.com pricing, 2026-11-20). */
const MODELS = [
  { provider: 'openai', model: 'gpt-4o', input: 2.5e-6, cached: 1.25e-6, output: 1e-5 },
  { provider: 'openai', model: 'gpt-4o-mini', input: 1.5e-7, cached: 7.5e-8, output: 6e-7 },
  { provider: 'anthropic', model: 'claude-opus-5-5', input: 4e-6, cached: 2e-7, output: 2e-5 },
] as const;

interface Truth {
  calls: number;
  picoUsd: bigint;
  tokens: number;
}

/** One export of 1 to 4 spans, and what it adds to the truth. */
function payload(at: number, truth: Truth): string {
  const spans: SpanParts[] = [];
  for (let index = 0; index <= at % 4; index += 1) {
    const rates = MODELS[(at + index) % MODELS.length] ?? MODELS[0];
    const input = 100 + ((at * 7 + index * 13) % 900);
    const cached = (at + index) % 5 === 0 ? 64 : 0;
    const output = 1 + ((at * 3 + index) % 400);
    truth.calls += 1;
    truth.tokens += input + output;
    const usd = (input - cached) * rates.input + cached * rates.cached + output * rates.output;
    truth.picoUsd += BigInt(Math.round(usd * 1e12));
    spans.push({
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': rates.provider,
        'gen_ai.request.model': rates.model,
        'gen_ai.usage.input_tokens': input,
        'gen_ai.usage.cache_read.input_tokens': cached,
        'gen_ai.usage.output_tokens': output,
      },
    });
  }
  return traceExport({ 'some.instrumentation': spans }, { 'service.name': `app-${at % 3}` });
}

/** Sends exports over many connections at once, each to one of the intakes. Every one must be acknowledged. */
async function sendAll(
  intakes: readonly RunningCollector[],
  payloads: readonly string[],
): Promise<void> {
  const rest = payloads.map((body, at) => ({ body, url: intakes[at % intakes.length]?.url ?? '' }));
  const work = async (): Promise<void> => {
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      const status = await sendTraces(next.url, next.body);
      if (status !== 200) throw new Error(`answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
}

function start(folder: string, sinkUrl: string, env: Record<string, string> = {}) {
  return runCollector({
    binary,
    folder,
    backends: ['otlp'],
    env: { TOKENMETER_BACKEND_OTLP_ENDPOINT: sinkUrl, ...env },
  });
}

type Sink = Awaited<ReturnType<typeof startOtlpSink>>;

async function expectTruth(sink: Sink, truth: Truth): Promise<void> {
  await sink.until(() => sink.sumOf('tokenmeter.calls') >= truth.calls, 120_000);
  const usd = Number(truth.picoUsd) / 1e12;
  expect(sink.sumOf('tokenmeter.calls')).toBe(truth.calls);
  expect(sink.sumOf('tokenmeter.tokens')).toBe(truth.tokens);
  expect(Math.abs(sink.sumOf('tokenmeter.cost') / usd - 1)).toBeLessThan(1e-12);
  expect(Math.abs(sink.sumOf('tokenmeter.call.cost') / usd - 1)).toBeLessThan(1e-12);
  expect(sink.countOf('tokenmeter.call.cost')).toBe(truth.calls);
  expect(sink.sumOf('tokenmeter.unpriced')).toBe(0);
}

const none = (): Truth => ({ calls: 0, picoUsd: 0n, tokens: 0 });

test.skipIf(!collector.isThere)(
  `${PAYLOADS} exports on ${CONNECTIONS} connections: the counters are the truth`,
  { timeout: 600_000 },
  async () => {
    for (let run = 0; run < (isLong ? 10 : 1); run += 1) {
      await using folder = await makeFolder();
      await using sink = await startOtlpSink();
      await using running = await start(folder.path, sink.url);
      const truth = none();
      await sendAll(
        [running],
        Array.from({ length: PAYLOADS }, (_, at) => payload(at, truth)),
      );
      await expectTruth(sink, truth);
    }
  },
);

test.skipIf(!collector.isThere)(
  'two replicas, one of them restarted by SIGTERM in between, add up',
  { timeout: 240_000 },
  async () => {
    await using first = await makeFolder();
    await using second = await makeFolder();
    await using sink = await startOtlpSink();
    await using one = await start(first.path, sink.url);
    const truth = none();
    const half = (from: number): string[] =>
      Array.from({ length: 200 }, (_, at) => payload(from + at, truth));
    {
      await using two = await start(second.path, sink.url);
      await sendAll([one, two], half(0));
      expect(await two.stop()).toBe(0);
    }
    await using again = await start(second.path, sink.url);
    await sendAll([one, again], half(200));
    await expectTruth(sink, truth);
  },
);

test.skipIf(!collector.isThere)(
  'counters that were idle for longer than they are remembered go on from where they were',
  { timeout: 240_000 },
  async () => {
    await using folder = await makeFolder();
    await using sink = await startOtlpSink();
    const composed = composeCollector({ backends: ['otlp'] }, readConfigFile);
    if (!composed.ok) throw new Error(composed.problems.join('; '));
    const [port = 0, grpc = 0, journal = 0, health = 0, metrics = 0] = Array.from(
      { length: 5 },
      takePort,
    );
    // 48 hours in the file of the backend; a second here.
    const idle = 'yaml:processors::deltatocumulative/otlp::max_stale: 1s';
    await using program = await startProgram(binary, {
      args: [...renderConfigArguments(composed.composition, '.'), '--config', idle],
      cwd: fileURLToPath(CONFIG_FOLDER),
      env: {
        TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url,
        TOKENMETER_QUEUE_DIR: folder.path,
        TOKENMETER_OTLP_PORT: String(port),
        TOKENMETER_OTLP_GRPC_PORT: String(grpc),
        TOKENMETER_JOURNAL_PORT: String(journal),
        TOKENMETER_HEALTH_PORT: String(health),
        TOKENMETER_SELF_METRICS_PORT: String(metrics),
      },
      isReady: () => answersWell(`http://127.0.0.1:${health}/`),
    });
    const truth = none();
    for (let round = 1; round <= 3; round += 1) {
      expect(await sendTraces(`http://127.0.0.1:${port}`, payload(3, truth))).toBe(200);
      await sink.until(() => sink.sumOf('tokenmeter.calls') >= truth.calls, 120_000);
      await new Promise((resolve) => setTimeout(resolve, 2500));
    }
    await expectTruth(sink, truth);
    expect(program.output()).not.toContain('panic');
  },
);
