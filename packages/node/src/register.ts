import { accessSync, constants, statSync } from 'node:fs';
import type { Resource } from '@opentelemetry/resources';
import type { TokenmeterConfig } from '@tokenmeter/instrumentation';
import {
  type EnvConfig,
  findHiddenTraffic,
  type Metering,
  parseConfig,
} from '@tokenmeter/instrumentation/start-up';
import { ENV } from '@tokenmeter/semconv';
import { FLUSH_DEADLINE_MS, flushAtEnd } from './final-flush.ts';
import { lazyFetch } from './lazy-fetch.ts';
import { startLazyMetering } from './lazy-metering.ts';
import { lazyTelemetry, type WrittenTelemetry } from './lazy-telemetry.ts';
import { loadHere } from './load-here.ts';
import { loadInstrumentation, loadPrices } from './load-metering.ts';
import type { LoadedPrices } from './load-price-files.ts';
import type { SdkTelemetry } from './start-telemetry.ts';
import type { Telemetry } from './telemetry.ts';
import { planTelemetry, type TelemetryPlan } from './telemetry-plan.ts';

/** What was told of telemetry that cannot be sent. */
const unsent = new Set<string>();

const started = register();

/**
 * Exports everything metered so far; for programs that end with `process.exit()`. Settles within two seconds, whatever
 * the receiver does. Never rejects.
 */
export async function flush(): Promise<void> {
  await started?.(FLUSH_DEADLINE_MS);
}

/** A flush with a deadline in milliseconds. */
type Flush = (deadlineMs: number) => Promise<void>;

function register(): Flush | undefined {
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

function start(config: EnvConfig, problems: string[]): Flush {
  const plan = planTelemetry(process.env, isReadable);
  // A program without price files learns nothing from reading the bundled ones at once.
  const read = (): LoadedPrices => loadPrices().loadPriceFiles(config.priceFiles);
  const prices = config.priceFiles.length === 0 ? undefined : read();
  warn([...problems, ...plan.problems, ...(prices?.problems ?? [])]);
  const catchUp = (): void => metering?.loaded()?.catchUp();
  const telemetry = telemetryFor(plan, catchUp);
  const load = (): Metering =>
    loadInstrumentation().createMetering(
      {
        priceBook: () => (prices ?? read()).book(),
        ...configured(config),
        warn: (message) => warn([message]),
      },
      telemetry.target,
    );
  const metering = startLazyMetering(load, config, warnOff);
  if (metering === undefined) tellIdle();
  for (const { problem, message } of findHiddenTraffic(process.versions)) {
    warn([message]);
    metering?.problem(problem);
  }
  const { injectUsageHosts } = config;
  if (config.injectUsage) {
    const wrap = (fetch: typeof globalThis.fetch): typeof fetch =>
      loadInstrumentation().wrapFetch(fetch, { injectUsageHosts });
    globalThis.fetch = lazyFetch(globalThis.fetch, wrap);
  }
  const flush: Flush = (deadlineMs) => {
    catchUp();
    return telemetry.flush(deadlineMs);
  };
  flushAtEnd({
    flush,
    abandon: () => metering?.loaded()?.abandon(),
    flushNow: () => {
      catchUp();
      telemetry.flushNow();
    },
    measurementCount: () => metering?.loaded()?.measurementCount() ?? 0,
  });
  return flush;
}

/** Not a warning of the process: a program that is metered by its own instrumentation is in good order. */
function tellIdle(): void {
  const { diag }: typeof import('@opentelemetry/api') = loadHere('@opentelemetry/api');
  diag.warn('tokenmeter: another instance meters this process already; this one stays idle');
}

/** What of the configuration is the metering's own. */
function configured({
  semconv,
  costCompat,
  estimate,
  chunkTimes,
  captureContent,
  userHashKey,
  declaredHosts,
  baggageFields,
  feature,
  team,
}: EnvConfig): TokenmeterConfig {
  return {
    semconv,
    costCompat,
    estimate,
    chunkTimes,
    captureContent,
    ...(userHashKey === undefined ? {} : { userHashKey }),
    ...(declaredHosts === undefined ? {} : { declaredHosts }),
    ...(baggageFields === undefined ? {} : { baggageFields }),
    ...(feature === undefined ? {} : { feature }),
    ...(team === undefined ? {} : { team }),
  };
}

/** What exports is loaded at the first call only, unless providers are asked for globally or an SDK has to do it. */
function telemetryFor(plan: TelemetryPlan, beforeRead: () => void): Telemetry {
  if (plan.needsNodeSdk) {
    const { startNodeSdk }: typeof import('./start-node-sdk.ts') = loadHere('./start-node-sdk.js');
    return startNodeSdk(plan, process.env, warnUnsent);
  }
  let resource: Resource | undefined;
  const describe = (): Resource => {
    resource ??= loadResource().createResource();
    return resource;
  };
  const startSdk = (): SdkTelemetry => {
    const { startTelemetry }: typeof import('./start-telemetry.ts') =
      loadHere('./start-telemetry.js');
    return startTelemetry(plan, process.env, { resource: describe(), onFailure: warnUnsent });
  };
  const sdk = isTrue(process.env[ENV.otelGlobals.name]) ? startSdk() : undefined;
  if (sdk !== undefined) {
    const { registerGlobally }: typeof import('./register-globally.ts') =
      loadHere('./register-globally.js');
    registerGlobally(sdk.target);
  }
  if (plan.usesConsole) return sdk ?? startSdk();
  const own = lazyTelemetry(() => {
    const { startOtlp }: typeof import('./start-otlp.ts') = loadHere('./start-otlp.js');
    const parts = {
      resource: () => describe().attributes,
      beforeRead,
      onFailure: warnUnsent,
    };
    return startOtlp(plan, process.env, parts);
  }, warnOff);
  return sdk === undefined ? own : both(own, sdk);
}

/** Ours, with what the application writes through the SDK beside it. */
function both(own: WrittenTelemetry, sdk: SdkTelemetry): Telemetry {
  return {
    ...own,
    flush: async (deadlineMs) => {
      await Promise.all([own.flush(deadlineMs), sdk.flush(deadlineMs)]);
    },
  };
}

function loadResource(): typeof import('./create-resource.ts') {
  return loadHere('./create-resource.js');
}

/** Configuration problems are told once, all of them; a program without any prints nothing. */
function warn(problems: readonly string[]): void {
  for (const problem of problems) process.emitWarning(problem, { type: 'TokenmeterWarning' });
}

/** What keeps telemetry from being sent is told once, not at every export. */
function warnUnsent(error: unknown): void {
  const problem = `telemetry cannot be sent: ${reasonOf(error)}`;
  if (unsent.has(problem)) return;
  unsent.add(problem);
  warn([problem]);
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message.split('\n', 1)[0] : undefined;
  return message ?? 'unknown error';
}

function warnOff(error: unknown): void {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
  const hint = isMissing ? '; where a bundler took in @tokenmeter/node, mark it as external' : '';
  warn([`metering is off: ${reasonOf(error)}${hint}`]);
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return !statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isTrue(text: string | undefined): boolean {
  return text?.trim().toLowerCase() === 'true';
}
