import {
  type Env,
  type IsReadable,
  type OtlpSettings,
  type OtlpSignal,
  parseOtlpSettings,
} from './otlp-settings.ts';
import { EXPORTERS, settingProblems } from './setting-problems.ts';

/** One place that a signal is sent to. */
type Target =
  | { readonly kind: 'otlp'; readonly settings: OtlpSettings }
  | { readonly kind: 'console' };

/** What the standard variables ask for. */
export interface TelemetryPlan {
  readonly traces: readonly Target[];
  readonly metrics: readonly Target[];
  readonly exportIntervalMs: number;
  readonly exportTimeoutMs: number;
  /** True when only OpenTelemetry's own `NodeSDK` can do what is asked (gRPC, Prometheus, Zipkin, a config file). */
  readonly needsNodeSdk: boolean;
  /** True when OpenTelemetry's configuration file says everything. */
  readonly hasConfigFile: boolean;
  /** True when something is printed. */
  readonly usesConsole: boolean;
  readonly problems: readonly string[];
}

/** Half of the finest window that the rules look at would be 30 s; 15 s leaves room for one lost export. */
const DEFAULT_INTERVAL_MS = 15_000;
const DEFAULT_TIMEOUT_MS = 30_000;

/** Reads the standard `OTEL_*` variables that choose exporters. Pure but for `isReadable`; never throws. */
export function planTelemetry(env: Env, isReadable: IsReadable): TelemetryPlan {
  const problems = [...settingProblems(env, isReadable)];
  const facts = { env, isReadable };
  const traces = targetsOf(facts, 'traces', problems);
  const metrics = targetsOf(facts, 'metrics', problems);
  const hasConfigFile = isConfigured(facts);
  const exportIntervalMs =
    positive(env.OTEL_METRIC_EXPORT_INTERVAL, 2 ** 31 - 1) ?? DEFAULT_INTERVAL_MS;
  const timeout = positive(env.OTEL_METRIC_EXPORT_TIMEOUT, 2 ** 31 - 1) ?? DEFAULT_TIMEOUT_MS;
  return {
    traces: traces ?? [],
    metrics: metrics ?? [],
    exportIntervalMs,
    exportTimeoutMs: timeout,
    needsNodeSdk: traces === undefined || metrics === undefined || hasConfigFile,
    hasConfigFile,
    usesConsole: [...(traces ?? []), ...(metrics ?? [])].some(({ kind }) => kind === 'console'),
    problems: [...new Set(problems)],
  };
}

function isConfigured({ env, isReadable }: Facts): boolean {
  const path = env.OTEL_CONFIG_FILE?.trim() ?? '';
  return path !== '' && isReadable(path);
}

interface Facts {
  readonly env: Env;
  readonly isReadable: IsReadable;
}

/** Undefined when one of the exporters is not ours to build. */
function targetsOf(
  { env, isReadable }: Facts,
  signal: OtlpSignal,
  problems: string[],
): Target[] | undefined {
  const named = listOf(env[`OTEL_${signal.toUpperCase()}_EXPORTER`]);
  const names = named.filter((name) => EXPORTERS[signal].includes(name));
  if (names.includes('none')) return [];
  const targets: Target[] = [];
  for (const name of names.length === 0 ? ['otlp'] : names) {
    if (name === 'console') {
      targets.push({ kind: 'console' });
      continue;
    }
    if (name !== 'otlp') return undefined;
    const parsed = parseOtlpSettings(env, signal, isReadable);
    if (parsed.kind === 'grpc') return undefined;
    if (parsed.kind === 'invalid') problems.push(parsed.problem);
    else targets.push({ kind: 'otlp', settings: parsed.settings });
  }
  return targets;
}

function listOf(text: string | undefined): readonly string[] {
  const items = (text ?? '').split(',').map((item) => item.trim().toLowerCase());
  return [...new Set(items.filter((item) => item !== ''))];
}

/** A positive number, cut to what a timer can wait. */
function positive(text: string | undefined, limit: number): number | undefined {
  const value = Number(text?.trim() || Number.NaN);
  return Number.isFinite(value) && value > 0 ? Math.min(value, limit) : undefined;
}
