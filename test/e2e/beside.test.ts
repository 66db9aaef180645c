import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type OtlpSink, startOtlpSink, startReplayProvider } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { makeExampleFolder } from './example-folder.ts';
import { folderOf } from './folder-of.ts';
import type { PackageSetName } from './package-sets.ts';
import { root, runNode } from './run-process.ts';

/** The built preload of this checkout, with the packages of this checkout. */
const PRELOAD = pathToFileURL(join(root, 'packages/node/dist/register.js')).href;

/** A call through an SDK, a streamed one and a bare one. */
const APP = `
  import OpenAI from 'openai';
  const openai = new OpenAI();
  const ask = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] };
  const completion = await openai.chat.completions.create(ask);
  const options = { stream: true, stream_options: { include_usage: true } };
  let chunks = 0;
  for await (const _ of await openai.chat.completions.create({ ...ask, ...options })) chunks += 1;
  const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ask),
  });
  console.log(completion.usage.total_tokens, chunks, (await response.json()).usage.total_tokens);
  await globalThis.shutdown?.();
`;

/** OpenTelemetry of the application's own, with the instrumentation in it. */
const NODE_SDK = `
  import { NodeSDK } from '@opentelemetry/sdk-node';
  import { TokenmeterInstrumentation } from '@tokenmeter/instrumentation';
  const sdk = new NodeSDK({ instrumentations: [new TokenmeterInstrumentation()] });
  sdk.start();
  globalThis.shutdown = () => sdk.shutdown();
`;

const VERCEL = `
  import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
  import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
  import { registerOTel } from '@vercel/otel';
  import { metrics, trace } from '@opentelemetry/api';
  import { TokenmeterInstrumentation } from '@tokenmeter/instrumentation';
  registerOTel({
    serviceName: 'beside',
    metricReaders: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })],
    instrumentations: ['fetch', new TokenmeterInstrumentation()],
  });
  globalThis.shutdown = async () => {
    await trace.getTracerProvider().getDelegate().forceFlush();
    await metrics.getMeterProvider().forceFlush();
  };
`;

const VERCEL_ALONE = `
  import { trace } from '@opentelemetry/api';
  import { registerOTel } from '@vercel/otel';
  registerOTel({ serviceName: 'beside' });
  globalThis.shutdown = () => trace.getTracerProvider().getDelegate().forceFlush();
`;

const SENTRY = `
  import * as Sentry from '@sentry/node';
  Sentry.init({ dsn: process.env.SENTRY_URL, tracesSampleRate: 1 });
  globalThis.shutdown = () => Sentry.close(1000);
`;

interface Case {
  readonly note: string;
  readonly set: PackageSetName;
  /** What is loaded before the application, in order; `setup` is the text beside it. */
  readonly imports: readonly string[];
  readonly setup?: string;
  /** What the other telemetry sends where it works. */
  readonly evidence: Evidence;
}

/** Spans of an instrumentation, data of an SDK version, or requests to paths that are not OTLP. */
type Evidence = { readonly scope: string } | { readonly sdk: string } | 'own_protocol';

const SETUP = './setup.mjs';
const AUTO = '@opentelemetry/auto-instrumentations-node/register';
const DATADOG = 'dd-trace/initialize.mjs';

const CASES: readonly Case[] = [
  {
    note: 'auto-instrumentations first',
    set: 'servers',
    imports: [AUTO, PRELOAD],
    evidence: { scope: '@opentelemetry/instrumentation-undici' },
  },
  {
    note: 'auto-instrumentations second',
    set: 'servers',
    imports: [PRELOAD, AUTO],
    evidence: { scope: '@opentelemetry/instrumentation-undici' },
  },
  {
    note: 'a NodeSDK of the 3.x line',
    set: 'servers',
    imports: [SETUP],
    setup: NODE_SDK,
    evidence: { sdk: '3.' },
  },
  {
    note: 'a NodeSDK of the 2.x line',
    set: 'sdk2',
    imports: [SETUP],
    setup: NODE_SDK,
    evidence: { sdk: '2.' },
  },
  {
    note: 'preload and NodeSDK at once',
    set: 'servers',
    imports: [PRELOAD, SETUP],
    setup: NODE_SDK,
    evidence: { sdk: '3.' },
  },
  {
    note: '@vercel/otel with the instrumentation',
    set: 'vercel',
    imports: [SETUP],
    setup: VERCEL,
    evidence: { scope: '@vercel/otel/fetch' },
  },
  {
    note: '@vercel/otel first',
    set: 'vercel',
    imports: [SETUP, PRELOAD],
    setup: VERCEL_ALONE,
    evidence: { scope: '@vercel/otel/fetch' },
  },
  {
    note: '@vercel/otel second',
    set: 'vercel',
    imports: [PRELOAD, SETUP],
    setup: VERCEL_ALONE,
    evidence: { scope: '@vercel/otel/fetch' },
  },
  {
    note: '@sentry/node first',
    set: 'sentry',
    imports: [SETUP, PRELOAD],
    setup: SENTRY,
    evidence: 'own_protocol',
  },
  {
    note: '@sentry/node second',
    set: 'sentry',
    imports: [PRELOAD, SETUP],
    setup: SENTRY,
    evidence: 'own_protocol',
  },
  { note: 'dd-trace first', set: 'datadog', imports: [DATADOG, PRELOAD], evidence: 'own_protocol' },
  {
    note: 'dd-trace second',
    set: 'datadog',
    imports: [PRELOAD, DATADOG],
    evidence: 'own_protocol',
  },
];

function isEvident(sink: OtlpSink, evidence: Evidence): boolean {
  if (evidence === 'own_protocol') return sink.exports().some(({ signal }) => signal === 'unknown');
  if ('scope' in evidence) return sink.spans().some(({ scope }) => scope.name === evidence.scope);
  const versions = sink.spans().map(({ resource }) => String(resource['telemetry.sdk.version']));
  return versions.some((version) => version.startsWith(evidence.sdk));
}

/** What the backend was told of the three calls of 100 and 20 tokens each. */
function told(sink: OtlpSink): unknown {
  return {
    calls: sink.sumOf('tokenmeter.calls'),
    tokens: sink.sumOf('tokenmeter.tokens'),
    inputTokens: sink.sumOf('gen_ai.client.inference.usage.input_tokens'),
    durations: sink.countOf('gen_ai.client.inference.duration'),
    spans: sink
      .spans()
      .filter(({ attributes }) => attributes['gen_ai.operation.name'] !== undefined)
      .map(({ name, attributes }) => [name, attributes['tokenmeter.metered']]),
  };
}

const SPAN = ['chat gpt-4o-mini', true];
const ONCE = {
  calls: 3,
  tokens: 360,
  inputTokens: 300,
  durations: 3,
  spans: [SPAN, SPAN, SPAN],
};

test.for(CASES)(
  'beside $note every call is counted once',
  // A program that ends has two seconds to deliver, which a machine at its limits may break once.
  { timeout: 300_000, retry: { count: 4, delay: 2000 } },
  async ({ set, imports, setup = '', evidence }, context) => {
    using folder = makeExampleFolder(await folderOf(set, context));
    writeFileSync(join(folder.path, 'app.mjs'), APP);
    writeFileSync(join(folder.path, 'setup.mjs'), setup);
    await using provider = await startReplayProvider();
    await using sink = await startOtlpSink();
    const env = {
      OPENAI_API_KEY: 'none',
      OPENAI_BASE_URL: `${provider.url}/v1`,
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_LOGS_EXPORTER: 'none',
      // Those of clouds ask addresses that are not there, for seconds, and no export leaves before.
      OTEL_NODE_RESOURCE_DETECTORS: 'env,host,process',
      SENTRY_URL: sink.url.replace('//', '//key@').concat('/1'),
      DD_TRACE_AGENT_URL: sink.url,
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    };
    const cwd = folder.path;
    const bare = await runNode(['app.mjs'], { cwd, env });
    const preloads = imports.flatMap((name) => ['--import', name]);
    const { code, stdout, stderr } = await runNode([...preloads, 'app.mjs'], { cwd, env });
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: bare.stdout });
    expect(bare.stdout).toMatch(/^120 \d+ 120\n$/);
    expect(told(sink), stderr).toEqual(ONCE);
    expect(isEvident(sink, evidence), 'the other telemetry works').toBe(true);
  },
);
