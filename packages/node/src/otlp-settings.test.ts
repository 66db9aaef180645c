import { expect, test } from 'vitest';
import { type Env, parseOtlpSettings } from './otlp-settings.ts';
import { planTelemetry } from './telemetry-plan.ts';

/** The only file there is. */
const isReadable = (path: string): boolean => path === 'ca.pem';

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
  {
    note: 'files that cannot be read and what is no header are left out',
    env: {
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization: Bearer x,a b=1,c=%0Ad,e=%E4%BD%A0,=f,g=1=2,h=',
      OTEL_EXPORTER_OTLP_CLIENT_KEY: 'nosuch.pem',
      OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: 'nosuch.pem',
    },
    want: { ...DEFAULTS, headers: { g: '1=2', h: '' } },
  },
])('OTLP settings: $note', ({ env, want }) => {
  expect(parseOtlpSettings(env, 'traces', isReadable)).toEqual({ kind: 'http', settings: want });
});

test.for<{ note: string; env: Env; want: object }>([
  { note: 'defaults', env: {}, want: { exportIntervalMs: 15_000, exportTimeoutMs: 30_000 } },
  {
    note: 'a long interval',
    env: { OTEL_METRIC_EXPORT_INTERVAL: '2147483647' },
    want: { exportIntervalMs: 2_147_483_647, exportTimeoutMs: 30_000 },
  },
  {
    note: 'nonsense',
    env: { OTEL_METRIC_EXPORT_INTERVAL: '-5' },
    want: { exportIntervalMs: 15_000, problems: [expect.stringContaining('INTERVAL')] },
  },
  {
    note: 'none and console',
    env: { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'console' },
    want: { traces: [], metrics: [{ kind: 'console' }], needsNodeSdk: false },
  },
  { note: 'gRPC', env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, want: { needsNodeSdk: true } },
  {
    note: 'a configuration file',
    env: { OTEL_CONFIG_FILE: 'ca.pem' },
    want: { needsNodeSdk: true, hasConfigFile: true },
  },
  {
    note: 'a configuration file that is not there',
    env: { OTEL_CONFIG_FILE: 'nosuch.yaml' },
    want: {
      traces: [{ settings: DEFAULTS }],
      needsNodeSdk: false,
      hasConfigFile: false,
      problems: ['OTEL_CONFIG_FILE names a file that cannot be read; going on without it'],
    },
  },
  {
    note: 'Prometheus',
    env: { OTEL_METRICS_EXPORTER: 'prometheus' },
    want: { needsNodeSdk: true },
  },
  {
    note: 'a wrong endpoint',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://x' },
    want: {
      traces: [],
      metrics: [],
      needsNodeSdk: false,
      problems: [expect.stringContaining('ENDPOINT')],
    },
  },
  {
    note: 'an exporter that is none',
    env: { OTEL_METRICS_EXPORTER: 'nosuch' },
    want: {
      metrics: [{ kind: 'otlp' }],
      needsNodeSdk: false,
      problems: [expect.stringContaining('OTEL_METRICS_EXPORTER')],
    },
  },
  {
    note: 'a protocol that is none',
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'pigeon' },
    want: {
      traces: [{ settings: { encoding: 'protobuf' } }],
      needsNodeSdk: false,
      problems: [expect.stringContaining('PROTOCOL')],
    },
  },
])('telemetry plan: $note', ({ env, want }) => {
  const plan = planTelemetry(env, isReadable);
  expect(plan).toMatchObject({ problems: [], ...want });
});

test.for<{ env: Env; problems: readonly string[] }>([
  { env: {}, problems: [] },
  {
    env: {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'HTTP/JSON',
      OTEL_TRACES_SAMPLER: 'Always_Off',
      OTEL_TRACES_SAMPLER_ARG: 'what nobody reads',
      OTEL_METRICS_EXPORTER: 'otlp, prometheus',
      OTEL_BSP_SCHEDULE_DELAY: '',
    },
    problems: [],
  },
  {
    env: { OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'secret', OTEL_TRACES_EXPORTER: 'secret' },
    problems: [
      'OTEL_EXPORTER_OTLP_METRICS_PROTOCOL must be one of http/protobuf, http/json, grpc; using http/protobuf',
      'OTEL_TRACES_EXPORTER knows otlp, console, none, zipkin; what is something else is left out',
    ],
  },
  {
    env: { OTEL_SDK_DISABLED: 'yes', TOKENMETER_OTEL_GLOBALS: '1' },
    problems: [
      'OTEL_SDK_DISABLED must be one of false, true; using false',
      'TOKENMETER_OTEL_GLOBALS must be one of false, true; using false',
    ],
  },
  {
    env: { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' },
    problems: ['OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1; using 1'],
  },
  {
    env: { OTEL_METRIC_EXPORT_INTERVAL: '0', OTEL_EXPORTER_OTLP_TIMEOUT: 'soon' },
    problems: [
      'OTEL_EXPORTER_OTLP_TIMEOUT must be a number above 0; using the default',
      'OTEL_METRIC_EXPORT_INTERVAL must be a number above 0; using the default',
    ],
  },
  {
    env: {
      OTEL_EXPORTER_OTLP_HEADERS: 'a=1, ,b=%C3%A9',
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'authorization: Bearer secret',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'c=1%0A',
      OTEL_EXPORTER_OTLP_CERTIFICATE: ' ca.pem ',
      OTEL_EXPORTER_OTLP_CLIENT_KEY: 'secret.pem',
    },
    problems: [
      'OTEL_EXPORTER_OTLP_TRACES_HEADERS must be name=value pairs that HTTP allows; others are left out',
      'OTEL_EXPORTER_OTLP_METRICS_HEADERS must be name=value pairs that HTTP allows; others are left out',
      'OTEL_EXPORTER_OTLP_CLIENT_KEY names a file that cannot be read; going on without it',
    ],
  },
])('wrong settings are told, all of them and without their values: $env', ({ env, problems }) => {
  expect(planTelemetry(env, isReadable).problems).toEqual(problems);
});
