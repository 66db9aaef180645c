import { diag } from '@opentelemetry/api';
import {
  type CallRecord,
  MOST_TOKENS,
  nameOf,
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
 * counted, nothing is priced. Counts and costs that are undefined or null are absent, and so are names of more than 256
 * characters; times that are none, or after 2262-04-11, count as now, and an outcome that is none as `incomplete`.
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
    provider: nameOf(call.provider) ?? 'unknown',
    operation: operationOf(call.operation),
    startEpochMs: Math.min(timeOf(call.startEpochMs) ?? now, endEpochMs),
    endEpochMs,
    isStreaming: call.isStreaming === true,
    outcome: outcomeOf(call.outcome),
    resendCount: 0,
    parameters: {},
    modifiers: modifiersOf(call.modifiers),
    usage: usageOf(call),
    ...present({
      requestModel: nameOf(call.requestModel),
      responseModel: nameOf(call.responseModel),
      errorType: nameOf(call.errorType),
      responseId: nameOf(call.responseId),
    }),
  };
}

/** Any name: plain JavaScript may have operations of its own. */
function operationOf(operation: OperationName = 'chat'): OperationName {
  return nameOf(operation) === undefined ? 'chat' : operation;
}

const OUTCOMES: ReadonlySet<unknown> = new Set(['ok', 'error', 'aborted', 'incomplete']);

function outcomeOf(outcome: Outcome = 'ok'): Outcome {
  return OUTCOMES.has(outcome) ? outcome : 'incomplete';
}

function modifiersOf(modifiers: PriceModifiers | null | undefined): PriceModifiers {
  return present({
    serviceTier: nameOf(modifiers?.serviceTier),
    speed: nameOf(modifiers?.speed),
    inferenceGeo: nameOf(modifiers?.inferenceGeo),
    region: nameOf(modifiers?.region),
    deployment: nameOf(modifiers?.deployment),
  });
}

/** Whoever says that one call cost more is wrong. */
const MOST_USD = 1_000_000;

const CLASSES: ReadonlySet<string> = new Set(TOKEN_CLASSES);

function usageOf(call: ManualCall): Usage {
  const classes = countsOf(call.tokens);
  const units = countsOf(call.requests);
  const providerCostUsd = call.providerCostUsd ?? undefined;
  const hasTokens = (call.tokens ?? undefined) !== undefined;
  if (!hasTokens && Object.keys(units).length === 0 && providerCostUsd === undefined) {
    return { kind: 'missing' };
  }
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
    Object.entries(counts ?? {}).filter(([, count]) => (count ?? undefined) !== undefined),
  );
}

function isCount(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 0 && count <= MOST_TOKENS;
}

/** An amount of USD that a single call may have cost. */
function isCost(usd: unknown): boolean {
  return typeof usd === 'number' && usd >= 0 && usd <= MOST_USD;
}

/** What 63 bits of nanoseconds hold; a receiver refuses a whole batch for one time beyond. */
const LAST_EPOCH_MS = 9_223_372_036_854;

function timeOf(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 && value <= LAST_EPOCH_MS ? value : undefined;
}
