import { expect, test } from 'vitest';
import { type Env, parseOtlpSettings } from './otlp-settings.ts';
import { planTelemetry } from './telemetry-plan.ts';

const DEFAULTS = {
  url: new URL('http://127.0.0.1:4318/v1/traces'),
  encoding: 'protobuf',
  headers: {},
  timeoutMs: 10_000,
  compression: 'none',
};

test.for<{ note: string; env: Env; want: object }>([
  { note: 'nothing set', env: {}, want: DEFAULTS },
  {
    note: 'a general endpoint gets the path of the signal',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example.com/base/' },
    want: { ...DEFAULTS, url: new URL('https://otlp.example.com/base/v1/traces') },
  },
  {
    note: 'an endpoint of the signal is used as it is',
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:1',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b:2/traces',
    },
    want: { ...DEFAULTS, url: new URL('http://b:2/traces') },
  },
  {
    note: 'everything else',
    env: {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x,a=1',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'a=2,broken',
      OTEL_EXPORTER_OTLP_TIMEOUT: '2500',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_CERTIFICATE: 'ca.pem',
    },
    want: {
      ...DEFAULTS,
      encoding: 'json',
      headers: { authorization: 'Bearer x', a: '2' },
      timeoutMs: 2500,
      compression: 'gzip',
      caFile: 'ca.pem',
    },
  },
])('OTLP settings: $note', ({ env, want }) => {
  expect(parseOtlpSettings(env, 'traces')).toEqual({ kind: 'http', settings: want });
});

test.for<{ note: string; env: Env; want: object }>([
  { note: 'defaults', env: {}, want: { exportIntervalMs: 15_000, exportTimeoutMs: 15_000 } },
  {
    note: 'a long interval',
    env: { OTEL_METRIC_EXPORT_INTERVAL: '2147483647' },
    want: { exportIntervalMs: 2_147_483_647, exportTimeoutMs: 30_000 },
  },
  {
    note: 'nonsense',
    env: { OTEL_METRIC_EXPORT_INTERVAL: '-5' },
    want: { exportIntervalMs: 15_000 },
  },
  {
    note: 'none and console',
    env: { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'console' },
    want: { traces: [], metrics: [{ kind: 'console' }], needsNodeSdk: false },
  },
  { note: 'gRPC', env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, want: { needsNodeSdk: true } },
  {
    note: 'Prometheus',
    env: { OTEL_METRICS_EXPORTER: 'prometheus' },
    want: { needsNodeSdk: true },
  },
  {
    note: 'a wrong endpoint',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://x' },
    want: { traces: [], metrics: [], needsNodeSdk: false },
  },
])('telemetry plan: $note', ({ env, want }) => {
  const plan = planTelemetry(env);
  expect(plan).toMatchObject(want);
  expect(plan.problems.length > 0).toBe(env.OTEL_EXPORTER_OTLP_ENDPOINT === 'ftp://x');
});
