import { diag } from '@opentelemetry/api';
import {
  type CallRecord,
  MOST_TOKENS,
  type OperationName,
  type Outcome,
  type PriceModifiers,
  present,
  type RequestCounts,
  TOKEN_CLASSES,
  type TokenCounts,
  type Usage,
} from '@tokenmeter/core';
import type { PricedCall } from '@tokenmeter/pricing';
import { activeMeter } from './active-meter.ts';
import { ambientAttribution } from './ambient-attribution.ts';
import { type Attribution, definedFields } from './attribution.ts';
import { activeContext } from './registered-api.ts';

/** A call that did not go over HTTP: a web socket turn, gRPC, an in-house gateway. */
export interface ManualCall {
  /** `gen_ai.provider.name`, such as `openai`. */
  readonly provider: string;
  readonly requestModel: string;
  readonly responseModel?: string;
  /** `chat` when absent. */
  readonly operation?: OperationName;
  /** Disjoint token classes; undefined when the provider reported none. */
  readonly tokens?: TokenCounts;
  /** Counted requests, such as web searches. */
  readonly requests?: RequestCounts;
  /** Cost in USD that the provider itself reported. */
  readonly providerCostUsd?: number;
  readonly modifiers?: PriceModifiers;
  /** Now when absent. */
  readonly startEpochMs?: number;
  /** Now when absent. */
  readonly endEpochMs?: number;
  /** `ok` when absent. */
  readonly outcome?: Outcome;
  readonly errorType?: string;
  readonly responseId?: string;
  readonly isStreaming?: boolean;
  /** Wins over `withAttribution`, field by field. */
  readonly attribution?: Attribution;
}

/**
 * Meters one call that the wire cannot show; call it once, when the call is over.
 *
 * Returns the price, or undefined when nothing meters this process. Counts that are no integers from 0 to 100,000,000,
 * classes that are none, and a cost that is no number from 0 to 1,000,000 make the usage inconsistent: the call is
 * counted, nothing is priced. Counts that are undefined are absent, times that are none count as now, and an outcome that
 * is none as `incomplete`.
 * Never throws.
 */
export function meterCall(call: ManualCall): PricedCall | undefined {
  try {
    const active = activeContext();
    return activeMeter()?.meter(
      recordOf(call, Date.now()),
      { ...ambientAttribution(active), ...definedFields(call.attribution) },
      { parent: active },
    );
  } catch (error) {
    // What was passed is no call at all; plain JavaScript may.
    diag.warn(`tokenmeter: meterCall: ${error instanceof Error ? error.name : 'unknown'}`);
    return undefined;
  }
}

function recordOf(call: ManualCall, now: number): CallRecord {
  if (typeof call !== 'object') throw new TypeError('expected a call');
  const endEpochMs = timeOf(call.endEpochMs) ?? now;
  return {
    api: 'custom',
    provider: textOf(call.provider) ?? 'unknown',
    operation: typeof call.operation === 'string' ? call.operation : 'chat',
    startEpochMs: Math.min(timeOf(call.startEpochMs) ?? now, endEpochMs),
    endEpochMs,
    isStreaming: call.isStreaming === true,
    outcome: outcomeOf(call.outcome),
    resendCount: 0,
    parameters: {},
    modifiers: modifiersOf(call.modifiers),
    usage: usageOf(call),
    ...present({
      requestModel: textOf(call.requestModel),
      responseModel: textOf(call.responseModel),
      errorType: textOf(call.errorType),
      responseId: textOf(call.responseId),
    }),
  };
}

const OUTCOMES: ReadonlySet<unknown> = new Set(['ok', 'error', 'aborted', 'incomplete']);

function outcomeOf(outcome: Outcome = 'ok'): Outcome {
  return OUTCOMES.has(outcome) ? outcome : 'incomplete';
}

function modifiersOf(modifiers: PriceModifiers | null | undefined): PriceModifiers {
  return present({
    serviceTier: textOf(modifiers?.serviceTier),
    speed: textOf(modifiers?.speed),
    inferenceGeo: textOf(modifiers?.inferenceGeo),
    region: textOf(modifiers?.region),
    deployment: textOf(modifiers?.deployment),
  });
}

/** Whoever says that one call cost more is wrong. */
const MOST_USD = 1_000_000;

const CLASSES: ReadonlySet<string> = new Set(TOKEN_CLASSES);

function usageOf({ tokens, requests, providerCostUsd }: ManualCall): Usage {
  if ((tokens ?? undefined) === undefined && providerCostUsd === undefined) {
    return { kind: 'missing' };
  }
  const classes = countsOf(tokens);
  const units = countsOf(requests);
  const isWrong = ![...Object.values(classes), ...Object.values(units)].every(isCount);
  if (isWrong || Object.keys(classes).some((name) => !CLASSES.has(name))) {
    return { kind: 'inconsistent', problem: 'count', raw: undefined };
  }
  if (providerCostUsd !== undefined && !isCost(providerCostUsd)) {
    return { kind: 'inconsistent', problem: 'provider_cost_invalid', raw: undefined };
  }
  return {
    kind: 'reported',
    tokens: classes,
    requests: units,
    ...(providerCostUsd === undefined ? {} : { providerCostUsd }),
    raw: undefined,
  };
}

function countsOf(counts: TokenCounts | RequestCounts | null | undefined): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts ?? {}).filter(([, count]) => count !== undefined),
  );
}

function isCount(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 0 && count <= MOST_TOKENS;
}

/** An amount of USD that a single call may have cost. */
function isCost(usd: unknown): boolean {
  return typeof usd === 'number' && usd >= 0 && usd <= MOST_USD;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function timeOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}
