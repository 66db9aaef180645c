import { context } from '@opentelemetry/api';
import type {
  OperationName,
  Outcome,
  PriceModifiers,
  RequestCounts,
  TokenCounts,
  Usage,
} from '@tokenmeter/core';
import type { PricedCall } from '@tokenmeter/pricing';
import { activeMeter } from './active-meter.ts';
import { ambientAttribution } from './ambient-attribution.ts';
import type { Attribution } from './attribution.ts';

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
 * Returns the price, or undefined when nothing meters this process. Counts that are not non-negative integers make the
 * usage inconsistent: the call is counted, nothing is priced. Never throws.
 */
export function meterCall(call: ManualCall): PricedCall | undefined {
  const now = Date.now();
  const active = context.active();
  const usage = usageOf(call);
  return activeMeter()?.meter(
    {
      api: 'custom',
      provider: call.provider,
      operation: call.operation ?? 'chat',
      requestModel: call.requestModel,
      ...(call.responseModel === undefined ? {} : { responseModel: call.responseModel }),
      startEpochMs: call.startEpochMs ?? now,
      endEpochMs: call.endEpochMs ?? now,
      isStreaming: call.isStreaming ?? false,
      outcome: call.outcome ?? 'ok',
      ...(call.errorType === undefined ? {} : { errorType: call.errorType }),
      ...(call.responseId === undefined ? {} : { responseId: call.responseId }),
      resendCount: 0,
      parameters: {},
      modifiers: call.modifiers ?? {},
      usage,
    },
    { ...ambientAttribution(active), ...call.attribution },
    { parent: active },
  );
}

function usageOf(call: ManualCall): Usage {
  const { tokens, requests = {}, providerCostUsd } = call;
  if (tokens === undefined && providerCostUsd === undefined) return { kind: 'missing' };
  const counts = [...Object.values(tokens ?? {}), ...Object.values(requests)];
  if (counts.some((count) => !Number.isSafeInteger(count) || count < 0)) {
    return { kind: 'inconsistent', problem: 'count', raw: undefined };
  }
  return {
    kind: 'reported',
    tokens: tokens ?? {},
    requests,
    ...(providerCostUsd === undefined ? {} : { providerCostUsd }),
    raw: undefined,
  };
}
