import { ENV } from '@tokenmeter/semconv';
import { parseOtlpHeaders } from './otlp-headers.ts';
import type { Env, IsReadable } from './otlp-settings.ts';

/** Exporters that a signal may name; all but the first three are left to `NodeSDK`. */
export const EXPORTERS: Readonly<Record<'traces' | 'metrics', readonly string[]>> = {
  traces: ['otlp', 'console', 'none', 'zipkin'],
  metrics: ['otlp', 'console', 'none', 'prometheus'],
};

/** Words that variables may say. The first one is used in place of any other. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  OTEL_SDK_DISABLED: ['false', 'true'],
  [ENV.otelGlobals.name]: ['false', 'true'],
  ...forEachSignal('PROTOCOL', ['http/protobuf', 'http/json', 'grpc']),
  ...forEachSignal('COMPRESSION', ['none', 'gzip']),
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: ['cumulative', 'delta', 'lowmemory'],
  OTEL_TRACES_SAMPLER: [
    'parentbased_always_on',
    'always_on',
    'always_off',
    'traceidratio',
    'parentbased_always_off',
    'parentbased_traceidratio',
  ],
};

/** Variables that are positive numbers, of milliseconds or pieces. */
const NUMBERS: readonly string[] = [
  ...Object.keys(forEachSignal('TIMEOUT', [])),
  'OTEL_METRIC_EXPORT_INTERVAL',
  'OTEL_METRIC_EXPORT_TIMEOUT',
  'OTEL_BSP_MAX_QUEUE_SIZE',
  'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
  'OTEL_BSP_SCHEDULE_DELAY',
  'OTEL_BSP_EXPORT_TIMEOUT',
];

const HEADERS: readonly string[] = Object.keys(forEachSignal('HEADERS', []));

/** Variables that name files. */
const FILES: readonly string[] = [
  ...['CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY'].flatMap((name) =>
    Object.keys(forEachSignal(name, [])),
  ),
  'OTEL_CONFIG_FILE',
];

/**
 * What is wrong with the `OTEL_*` variables that we read, and with ours about OpenTelemetry's API, one sentence for each;
 * such a one counts as not set, as the specification demands. Values are not repeated. Pure but for `isReadable`; never
 * throws.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ (checked 2026-11-22)
 */
export function settingProblems(env: Env, isReadable: IsReadable): readonly string[] {
  return [
    ...wordProblems(env),
    ...numberProblems(env),
    ...headerProblems(env),
    ...fileProblems(env, isReadable),
    ...exporterProblems(env),
  ];
}

function read(env: Env, name: string): string {
  return env[name]?.trim().toLowerCase() ?? '';
}

function wordProblems(env: Env): string[] {
  const wrong = Object.entries(WORDS).filter(([name, words]) => {
    const value = read(env, name);
    return value !== '' && !words.includes(value);
  });
  return wrong.map(
    ([name, words]) => `${name} must be one of ${words.join(', ')}; using ${words[0]}`,
  );
}

function numberProblems(env: Env): string[] {
  const wrong = NUMBERS.filter((name) => {
    const value = read(env, name);
    return value !== '' && !(Number(value) > 0);
  });
  const problems = wrong.map((name) => `${name} must be a number above 0; using the default`);
  const ratio = read(env, 'OTEL_TRACES_SAMPLER_ARG');
  const isRatio = Number(ratio) >= 0 && Number(ratio) <= 1;
  if (read(env, 'OTEL_TRACES_SAMPLER').endsWith('traceidratio') && ratio !== '' && !isRatio) {
    problems.push('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1; using 1');
  }
  return problems;
}

function headerProblems(env: Env): string[] {
  const wrong = HEADERS.filter((name) => !parseOtlpHeaders(env[name]).isWhole);
  return wrong.map(
    (name) => `${name} must be name=value pairs that HTTP allows; others are left out`,
  );
}

function fileProblems(env: Env, isReadable: IsReadable): string[] {
  const wrong = FILES.filter((name) => {
    const path = env[name]?.trim() ?? '';
    return path !== '' && !isReadable(path);
  });
  return wrong.map((name) => `${name} names a file that cannot be read; going on without it`);
}

function exporterProblems(env: Env): string[] {
  return Object.entries(EXPORTERS).flatMap(([signal, known]) => {
    const name = `OTEL_${signal.toUpperCase()}_EXPORTER`;
    const isKnown = (item: string): boolean => item.trim() === '' || known.includes(item.trim());
    if (read(env, name).split(',').every(isKnown)) return [];
    return [`${name} knows ${known.join(', ')}; what is something else is left out`];
  });
}

function forEachSignal(name: string, words: readonly string[]): Record<string, readonly string[]> {
  const names = ['', 'TRACES_', 'METRICS_'].map((signal) => `OTEL_EXPORTER_OTLP_${signal}${name}`);
  return Object.fromEntries(names.map((variable) => [variable, words]));
}
