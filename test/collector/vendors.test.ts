import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { createCountingApplication } from './application-metrics.ts';
import { CALL_USD, foreignSpans, sendTraces } from './foreign-spans.ts';
import { type RunningCollector, runCollector } from './run-collector.ts';
import { startVendorIntakes, type VendorIntakes } from './vendor-intake.ts';
import { signatureProblem } from './verify-sigv4.ts';

const collector = findComponent('collector');
const binary = collector.isThere ? collector.path : '';

interface Vendor {
  readonly backend: string;
  readonly env: (url: string) => Readonly<Record<string, string>>;
  /** Path of requests and the headers that each must have; a vendor without metrics takes spans only. */
  readonly metrics?: { readonly path: string; readonly headers: Readonly<Record<string, string>> };
  readonly traces?: { readonly path: string; readonly headers: Readonly<Record<string, string>> };
  readonly temporality?: 'cumulative' | 'delta';
  /** The most points or spans that one request may hold. */
  readonly maxItems: number;
}

const VENDORS: readonly Vendor[] = [
  {
    backend: 'datadog',
    env: (url) => ({ TOKENMETER_BACKEND_DATADOG_ENDPOINT: url, DD_API_KEY: 'dd$$key$1' }),
    metrics: {
      path: '/v1/metrics',
      headers: {
        'dd-api-key': 'dd$$key$1',
        'dd-otel-metric-config': '{"resource_attributes_as_tags": true}',
      },
    },
    traces: {
      path: '/v1/traces',
      headers: { 'dd-api-key': 'dd$$key$1', 'dd-otlp-source': 'llmobs' },
    },
    temporality: 'delta',
    maxItems: 1000,
  },
  {
    backend: 'dynatrace',
    env: (url) => ({
      DYNATRACE_OTLP_ENDPOINT: `${url}/api/v2/otlp/`,
      DYNATRACE_API_TOKEN: 'dt0c01.x',
    }),
    metrics: { path: '/api/v2/otlp/v1/metrics', headers: { authorization: 'Api-Token dt0c01.x' } },
    traces: { path: '/api/v2/otlp/v1/traces', headers: { authorization: 'Api-Token dt0c01.x' } },
    temporality: 'delta',
    maxItems: 2000,
  },
  {
    backend: 'newrelic',
    env: (url) => ({ NEW_RELIC_OTLP_ENDPOINT: url, NEW_RELIC_LICENSE_KEY: 'nr-key' }),
    metrics: { path: '/v1/metrics', headers: { 'api-key': 'nr-key' } },
    traces: { path: '/v1/traces', headers: { 'api-key': 'nr-key' } },
    temporality: 'delta',
    maxItems: 1000,
  },
  {
    backend: 'honeycomb',
    env: (url) => ({ HONEYCOMB_API_ENDPOINT: url, HONEYCOMB_API_KEY: 'hny' }),
    metrics: {
      path: '/v1/metrics',
      headers: { 'x-honeycomb-team': 'hny', 'x-honeycomb-dataset': 'tokenmeter' },
    },
    traces: { path: '/v1/traces', headers: { 'x-honeycomb-team': 'hny' } },
    temporality: 'delta',
    maxItems: 2000,
  },
  {
    backend: 'splunk',
    env: (url) => ({ TOKENMETER_BACKEND_SPLUNK_ENDPOINT: url, SPLUNK_ACCESS_TOKEN: 'sf' }),
    metrics: { path: '/v2/datapoint/otlp', headers: { 'x-sf-token': 'sf' } },
    traces: { path: '/v2/trace/otlp', headers: { 'x-sf-token': 'sf' } },
    temporality: 'delta',
    maxItems: 1000,
  },
  {
    backend: 'grafana-cloud',
    env: (url) => ({
      GRAFANA_CLOUD_OTLP_ENDPOINT: `${url}/otlp`,
      GRAFANA_CLOUD_INSTANCE_ID: '4711',
      GRAFANA_CLOUD_API_KEY: 'glc',
    }),
    metrics: {
      path: '/otlp/v1/metrics',
      headers: { authorization: `Basic ${Buffer.from('4711:glc').toString('base64')}` },
    },
    traces: {
      path: '/otlp/v1/traces',
      headers: { authorization: `Basic ${Buffer.from('4711:glc').toString('base64')}` },
    },
    temporality: 'cumulative',
    maxItems: 2000,
  },
  {
    backend: 'elastic',
    env: (url) => ({ ELASTIC_OTLP_ENDPOINT: url, ELASTIC_API_KEY: 'ek' }),
    metrics: { path: '/v1/metrics', headers: { authorization: 'ApiKey ek' } },
    traces: { path: '/v1/traces', headers: { authorization: 'ApiKey ek' } },
    temporality: 'cumulative',
    maxItems: 2000,
  },
  {
    backend: 'mimir',
    env: (url) => ({
      TOKENMETER_BACKEND_MIMIR_ENDPOINT: `${url}/`,
      TOKENMETER_BACKEND_MIMIR_TENANT: 't1',
    }),
    metrics: { path: '/otlp/v1/metrics', headers: { 'x-scope-orgid': 't1' } },
    temporality: 'cumulative',
    maxItems: 4000,
  },
  {
    backend: 'cloudwatch',
    env: (url) => ({
      TOKENMETER_BACKEND_CLOUDWATCH_METRICS_ENDPOINT: url,
      TOKENMETER_BACKEND_CLOUDWATCH_TRACES_ENDPOINT: url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI',
    }),
    metrics: { path: '/v1/metrics', headers: {} },
    traces: { path: '/v1/traces', headers: {} },
    temporality: 'cumulative',
    maxItems: 2000,
  },
  {
    backend: 'jaeger',
    env: (url) => ({ TOKENMETER_BACKEND_JAEGER_ENDPOINT: url }),
    traces: { path: '/v1/traces', headers: {} },
    maxItems: 500,
  },
  {
    backend: 'tempo',
    env: (url) => ({ TOKENMETER_BACKEND_TEMPO_ENDPOINT: url }),
    traces: { path: '/v1/traces', headers: { 'x-scope-orgid': 'single-tenant' } },
    maxItems: 500,
  },
  {
    backend: 'langfuse',
    env: (url) => ({
      LANGFUSE_HOST: `${url}/`,
      LANGFUSE_PUBLIC_KEY: 'pk',
      LANGFUSE_SECRET_KEY: 'sk',
    }),
    traces: {
      path: '/api/public/otel/v1/traces',
      headers: {
        authorization: `Basic ${Buffer.from('pk:sk').toString('base64')}`,
        'x-langfuse-ingestion-version': '4',
      },
    },
    maxItems: 500,
  },
  {
    backend: 'arize-phoenix',
    env: (url) => ({
      PHOENIX_COLLECTOR_ENDPOINT: `${url}/v1/traces`,
      PHOENIX_CLIENT_HEADERS: 'authorization=Bearer%20px',
    }),
    traces: { path: '/v1/traces', headers: { authorization: 'Bearer px' } },
    maxItems: 500,
  },
];

const FOREIGN_CALLS = 1200;
const OWN_USD = 4.5;

let intakes: VendorIntakes;
let folder: Awaited<ReturnType<typeof makeFolder>>;
let running: RunningCollector;

// One Collector feeds all of them at once, each refusing in its own way first.
beforeAll(async () => {
  if (!collector.isThere) return;
  intakes = await startVendorIntakes(VENDORS.map(({ backend }) => backend));
  folder = await makeFolder();
  for (const { backend } of VENDORS) {
    intakes.refuse(backend, [
      { status: 503 },
      { status: 429, headers: { 'retry-after': '1' } },
      { status: 502 },
    ]);
  }
  running = await runCollector({
    binary,
    folder: folder.path,
    backends: VENDORS.map(({ backend }) => backend),
    env: Object.assign({}, ...VENDORS.map(({ backend, env }) => env(intakes.urlOf(backend)))),
    args: ['--drain', '40'],
  });
  const application = createCountingApplication('own');
  for (const [index, costUsd] of [1, 2.5, OWN_USD].entries()) {
    expect(await application.push(running.url, { costUsd, calls: index + 1 })).toBe(200);
  }
  const calls = Array.from({ length: FOREIGN_CALLS }, () => ({}));
  expect(await sendTraces(running.url, foreignSpans(calls))).toBe(200);
  expect(await running.stop()).toBe(0);
}, 120_000);

afterAll(async () => {
  await running?.[Symbol.asyncDispose]();
  await intakes?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

describe.skipIf(!collector.isThere).for(VENDORS)('$backend', (vendor) => {
  const accepted = () => intakes.requestsOf(vendor.backend).filter(({ status }) => status === 200);

  test('requests have the paths and headers of the vendor, and are compressed', () => {
    const wanted = [vendor.metrics, vendor.traces].filter((each) => each !== undefined);
    const paths = new Set(accepted().map(({ path }) => path));
    expect(paths).toEqual(new Set(wanted.map(({ path }) => path)));
    for (const { path, headers } of wanted) {
      for (const request of accepted().filter((each) => each.path === path)) {
        expect(request.headers).toMatchObject({
          ...headers,
          'content-encoding': 'gzip',
          'content-type': 'application/x-protobuf',
        });
      }
    }
  });

  test('after 503, 429 and 502 everything arrives once', () => {
    const statuses = intakes.requestsOf(vendor.backend).map(({ status }) => status);
    expect(statuses.slice(0, 3).toSorted()).toEqual([429, 502, 503]);
    const sink = intakes.sinkOf(vendor.backend);
    if (vendor.traces !== undefined) {
      const ids = sink.spans().map(({ spanId }) => spanId);
      expect(ids).toHaveLength(FOREIGN_CALLS);
      expect(new Set(ids).size).toBe(FOREIGN_CALLS);
    }
    if (vendor.metrics === undefined) return;
    expect(sink.sumOf('tokenmeter.calls', { 'service.name': 'shop' })).toBe(FOREIGN_CALLS);
    expect(sink.sumOf('tokenmeter.cost', { 'service.name': 'shop' })).toBeCloseTo(
      FOREIGN_CALLS * CALL_USD,
      9,
    );
    expect(sink.sumOf('tokenmeter.cost', { 'service.name': 'own' })).toBeCloseTo(OWN_USD, 9);
    expect(sink.sumOf('tokenmeter.calls', { 'service.name': 'own' })).toBe(3);
  });

  test('counters have the temporality that the vendor sums rightly', () => {
    const points = intakes
      .sinkOf(vendor.backend)
      .metrics()
      .filter(({ histogram }) => histogram === undefined);
    expect(new Set(points.map(({ temporality }) => temporality))).toEqual(
      new Set(vendor.temporality === undefined ? [] : [vendor.temporality]),
    );
  });

  test('no request holds more than the vendor takes', () => {
    const traces = accepted().filter(({ path }) => path === vendor.traces?.path);
    const fewest = vendor.traces === undefined ? 0 : Math.ceil(FOREIGN_CALLS / vendor.maxItems);
    expect(traces.length).toBeGreaterThanOrEqual(fewest);
    for (const { body, uncompressedBytes } of accepted()) {
      expect(body.length).toBeLessThan(512 * 1024);
      expect(uncompressedBytes).toBeLessThan(4 * 1024 * 1024);
    }
  });
});

test.skipIf(!collector.isThere)('CloudWatch’s requests are signed for its two services', () => {
  const requests = intakes.requestsOf('cloudwatch');
  expect(requests.length).toBeGreaterThan(2);
  for (const request of requests) {
    const path = `/cloudwatch${request.path}`;
    expect(signatureProblem(request, { secretKey: 'wJalrXUtnFEMI', path })).toBe('');
    expect(request.headers.authorization).toContain(
      request.path === '/v1/metrics' ? '/eu-central-1/monitoring/' : '/eu-central-1/xray/',
    );
  }
  for (const request of requests.slice(0, 1)) {
    const path = `/cloudwatch${request.path}`;
    expect(signatureProblem(request, { secretKey: 'another', path })).toContain('is wrong');
  }
});

test.skipIf(!collector.isThere)('Elastic takes histograms as deltas', () => {
  const points = intakes.sinkOf('elastic').metrics('tokenmeter.call.cost');
  expect(new Set(points.map(({ temporality }) => temporality))).toEqual(new Set(['delta']));
});

test.skipIf(!collector.isThere)('Langfuse and Phoenix read the cost under their own names', () => {
  const [traced] = intakes.sinkOf('langfuse').spans();
  expect(traced?.attributes['gen_ai.usage.cost']).toBeCloseTo(CALL_USD, 12);
  const [phoenix] = intakes.sinkOf('arize-phoenix').spans();
  expect(phoenix?.attributes).toMatchObject({
    'openinference.span.kind': 'LLM',
    'llm.model_name': 'gpt-4o',
    'llm.token_count.prompt': 1000,
    'llm.token_count.completion': 500,
  });
  expect(phoenix?.attributes['llm.cost.total']).toBeCloseTo(CALL_USD, 12);
});
