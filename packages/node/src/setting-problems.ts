import type { Env } from './otlp-settings.ts';

/** Exporters that a signal may name; all but the first three are left to `NodeSDK`. */
export const EXPORTERS: Readonly<Record<'traces' | 'metrics', readonly string[]>> = {
  traces: ['otlp', 'console', 'none', 'zipkin'],
  metrics: ['otlp', 'console', 'none', 'prometheus'],
};

/** Words that variables may say. The first one is used in place of any other. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
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

/**
 * What is wrong with the `OTEL_*` variables that we read, one sentence for each; such a one counts as not set, as the
 * specification demands. Values are not repeated. Pure; never throws.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ (checked 2026-11-22)
 */
export function settingProblems(env: Env): readonly string[] {
  const problems: string[] = [];
  const read = (name: string): string => env[name]?.trim().toLowerCase() ?? '';
  for (const [name, words] of Object.entries(WORDS)) {
    const value = read(name);
    if (value === '' || words.includes(value)) continue;
    problems.push(`${name} must be one of ${words.join(', ')}; using ${words[0]}`);
  }
  for (const name of NUMBERS) {
    const value = read(name);
    if (value !== '' && !(Number(value) > 0)) {
      problems.push(`${name} must be a number above 0; using the default`);
    }
  }
  const ratio = read('OTEL_TRACES_SAMPLER_ARG');
  const isRatio = Number(ratio) >= 0 && Number(ratio) <= 1;
  if (read('OTEL_TRACES_SAMPLER').endsWith('traceidratio') && ratio !== '' && !isRatio) {
    problems.push('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1; using 1');
  }
  for (const [signal, known] of Object.entries(EXPORTERS)) {
    const name = `OTEL_${signal.toUpperCase()}_EXPORTER`;
    const isKnown = (item: string): boolean => item.trim() === '' || known.includes(item.trim());
    if (read(name).split(',').every(isKnown)) continue;
    problems.push(`${name} knows ${known.join(', ')}; what is something else is left out`);
  }
  return problems;
}

function forEachSignal(name: string, words: readonly string[]): Record<string, readonly string[]> {
  const names = ['', 'TRACES_', 'METRICS_'].map((signal) => `OTEL_EXPORTER_OTLP_${signal}${name}`);
  return Object.fromEntries(names.map((variable) => [variable, words]));
}
