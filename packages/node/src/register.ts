import {
  type EnvConfig,
  type MeteredCall,
  parseConfig,
  TokenmeterInstrumentation,
  wrapFetch,
} from '@tokenmeter/instrumentation';
import { ENV } from '@tokenmeter/semconv';
import { ExitJournal } from './exit-journal.ts';
import { FLUSH_DEADLINE_MS, flushAtEnd } from './final-flush.ts';
import { canFlushNow, flushJournal } from './flush-journal.ts';
import { lazyTelemetry } from './lazy-telemetry.ts';
import { loadPriceFiles } from './load-price-files.ts';
import { registerGlobally } from './register-globally.ts';
import { startNodeSdk } from './start-node-sdk.ts';
import { startTelemetry, type Telemetry } from './start-telemetry.ts';
import { planTelemetry, type TelemetryPlan } from './telemetry-plan.ts';

const started = register();

/**
 * Exports everything metered so far; for programs that end with `process.exit()`. Settles within two seconds, whatever
 * the receiver does. Never rejects.
 */
export async function flush(): Promise<void> {
  await started?.flush(FLUSH_DEADLINE_MS);
}

function register(): Telemetry | undefined {
  const { config, problems } = parseConfig(process.env);
  if (!config.enabled || isTrue(process.env.OTEL_SDK_DISABLED)) return undefined;
  try {
    return start(config, [...problems]);
  } catch (error) {
    // A program must start even when its metering cannot.
    warnOff(error);
    return undefined;
  }
}

function start(config: EnvConfig, problems: string[]): Telemetry {
  const plan = planTelemetry(process.env);
  const prices = loadPriceFiles(config.priceFiles);
  warn([...problems, ...plan.problems, ...prices.problems]);
  const journal = new ExitJournal();
  const telemetry = telemetryFor(plan, journal);
  const instrumentation = new TokenmeterInstrumentation({
    priceBook: prices.book,
    semconv: config.semconv,
    costCompat: config.costCompat,
    ...(config.declaredHosts === undefined ? {} : { declaredHosts: config.declaredHosts }),
    ...(config.baggageFields === undefined ? {} : { baggageFields: config.baggageFields }),
    ...(config.feature === undefined ? {} : { feature: config.feature }),
    ...(config.team === undefined ? {} : { team: config.team }),
    // Only our own OTLP exports tell the journal what they brought out.
    ...(canFlushNow(plan) ? { onCall: (call: MeteredCall) => journal.record(call) } : {}),
    enabled: false,
  });
  instrumentation.setMeterProvider(telemetry.meterProvider);
  instrumentation.setTracerProvider(telemetry.tracerProvider);
  instrumentation.enable();
  if (config.injectUsage) {
    globalThis.fetch = wrapFetch(globalThis.fetch, { injectUsageHosts: config.injectUsageHosts });
  }
  flushAtEnd({
    flush: (deadlineMs) => telemetry.flush(deadlineMs),
    flushNow: () => flushJournal(journal, { plan, telemetry, instrumentation }),
    measurementCount: () => instrumentation.measurementCount,
  });
  return telemetry;
}

/** The SDK is loaded at the first call only, unless it is asked for globally. */
function telemetryFor(plan: TelemetryPlan, journal: ExitJournal): Telemetry {
  if (plan.needsNodeSdk) return startNodeSdk(plan, process.env);
  if (!isTrue(process.env[ENV.otelGlobals.name])) {
    return lazyTelemetry(() => startTelemetry(plan, process.env, journal), warnOff);
  }
  const telemetry = startTelemetry(plan, process.env, journal);
  registerGlobally(telemetry);
  return telemetry;
}

/** Configuration problems are told once, all of them; a program without any prints nothing. */
function warn(problems: readonly string[]): void {
  for (const problem of problems) process.emitWarning(problem, { type: 'TokenmeterWarning' });
}

function warnOff(error: unknown): void {
  warn([`metering is off: ${error instanceof Error ? error.message : 'unknown error'}`]);
}

function isTrue(text: string | undefined): boolean {
  return text?.trim().toLowerCase() === 'true';
}
