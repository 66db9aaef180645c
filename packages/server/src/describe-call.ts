import { genAi, general, tokenmeter } from '@tokenmeter/semconv';
import { modelFamily } from './model-family.ts';
import { describePriceBasis, type PriceBasis } from './price-basis.ts';
import type { Attributes, AttributeValue, ReceivedSpan } from './received-telemetry.ts';
import { isSeeded, sharedDimensions, textOf } from './usage-series.ts';

/** One call as the table `calls` keeps it. Undefined numbers were not reported. */
export interface CallRow {
  readonly startEpochMs: number;
  readonly endEpochMs: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  /** Texts along `CALL_TEXT_COLUMNS`; empty means absent. */
  readonly texts: readonly string[];
  readonly resendCount: number;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly cacheReadTokens: number | undefined;
  readonly cacheWriteTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
  /** What its price depends on beside the columns; undefined when they say all. */
  readonly priceBasis: PriceBasis | undefined;
  readonly costPicoUsd: bigint | undefined;
  /** Cost by part in pico-USD, for calls that no counter counts. */
  readonly costParts: readonly (readonly [string, bigint])[];
  readonly isMetered: boolean;
  readonly isSeeded: boolean;
  readonly attributes: Attributes;
  readonly resource: Attributes;
}

/** Text columns of `calls`, in the order of the table. */
export const CALL_TEXT_COLUMNS = [
  'service',
  'environment',
  'feature',
  'team',
  'tenant_id',
  'user_id',
  'session_id',
  'conversation_id',
  'route',
  'operation',
  'provider',
  'request_model',
  'response_model',
  'model_family',
  'prompt_name',
  'prompt_version',
  'agent',
  'outcome',
  'error_type',
  'response_id',
  'cost_source',
  'price_version',
  'unpriced_reason',
] as const;

type CallTextColumn = (typeof CALL_TEXT_COLUMNS)[number];

/** The text of one column of a call; empty when absent. */
export function callText(call: CallRow, column: CallTextColumn): string {
  return call.texts[CALL_TEXT_COLUMNS.indexOf(column)] ?? '';
}

/** The call with other texts in some columns. */
export function withCallTexts(
  call: CallRow,
  texts: Readonly<Partial<Record<CallTextColumn, string>>>,
): CallRow {
  const changed = CALL_TEXT_COLUMNS.map(
    (column, index) => texts[column] ?? call.texts[index] ?? '',
  );
  return { ...call, texts: changed };
}

/** A span as the ledger takes it. */
export type DescribedCall =
  | { readonly kind: 'call'; readonly call: CallRow }
  | { readonly kind: 'rejected'; readonly problem: string };

const PICO = 1e12;
/** The largest cost of one call or one counter that an integer of 64 bits can hold in pico-USD, rounded down. */
export const MAX_USD = 9_000_000;
/** Beyond this a double no longer counts single tokens (2^53). */
export const MAX_COUNT: number = Number.MAX_SAFE_INTEGER;

const COST_PARTS: readonly (readonly [string, string])[] = [
  [tokenmeter.costInput, 'input'],
  [tokenmeter.costCacheRead, 'cache_read'],
  [tokenmeter.costCacheWrite, 'cache_write'],
  [tokenmeter.costOutput, 'output'],
  [tokenmeter.costRequests, 'requests'],
];

class RejectedError extends Error {
  override readonly name = 'RejectedError';
}

/** A count, also one written as text; undefined for what can be none. */
function toCount(value: AttributeValue): number | undefined {
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  const isCount = typeof count === 'number' && count >= 0 && count <= MAX_COUNT;
  return isCount ? Math.round(count) : undefined;
}

function countOf(attributes: Attributes, ...keys: readonly string[]): number | undefined {
  const key = keys.find((each) => attributes.has(each));
  const value = key === undefined ? undefined : attributes.get(key);
  if (key === undefined || value === undefined) return undefined;
  const count = toCount(value);
  // A call whose counts are known to be impossible is a call all the same.
  const isKnown = attributes.get(tokenmeter.unpricedReason) === 'inconsistent_usage';
  if (count === undefined && !isKnown) throw new RejectedError(`${key} is not a count`);
  return count;
}

/** How often a request was sent again. What is no number decides no money, so it is left out. */
function resendCountOf(attributes: Attributes): number {
  const value = attributes.get(general.httpRequestResendCount);
  return (value === undefined ? undefined : toCount(value)) ?? 0;
}

function picoUsdOf(attributes: Attributes, key: string): bigint | undefined {
  const value = attributes.get(key);
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value >= 0 && value <= MAX_USD)) {
    throw new RejectedError(`${key} is not an amount of USD`);
  }
  return BigInt(Math.round(value * PICO));
}

/** True for a span of ours, whose tokens and money the counters have. */
export function isMeteredSpan(attributes: Attributes): boolean {
  return textOf(attributes, tokenmeter.metered) === 'true';
}

function outcomeOf(span: ReceivedSpan): string {
  const given = textOf(span.attributes, tokenmeter.outcome);
  if (given !== '') return given;
  return span.isError || span.attributes.has(general.errorType) ? 'error' : 'ok';
}

function textsOf(span: ReceivedSpan): readonly string[] {
  const { attributes, resource } = span;
  const shared = sharedDimensions(attributes, resource);
  const text = (key: string): string => textOf(attributes, key);
  const model = shared.response_model || shared.request_model || '';
  return [
    shared.service ?? '',
    shared.environment ?? '',
    shared.feature ?? '',
    shared.team ?? '',
    text(tokenmeter.tenantId),
    text(general.userId) || text(general.userHash),
    text(general.sessionId),
    text(genAi.conversationId),
    shared.route ?? '',
    shared.operation ?? '',
    shared.provider ?? '',
    shared.request_model ?? '',
    shared.response_model ?? '',
    modelFamily(model),
    text(genAi.promptName),
    shared.prompt_version ?? '',
    shared.agent ?? '',
    outcomeOf(span),
    text(general.errorType),
    text(genAi.responseId),
    text(tokenmeter.costSource),
    text(tokenmeter.costPriceVersion),
    text(tokenmeter.unpricedReason),
  ];
}

function problemOf(span: ReceivedSpan): string | undefined {
  if (!/^(?!0{32})[0-9a-f]{32}$/.test(span.traceId)) return 'a span has an invalid trace id';
  if (!/^(?!0{16})[0-9a-f]{16}$/.test(span.spanId)) return 'a span has an invalid span id';
  if (!(span.startEpochMs > 0)) return 'a span has no start time';
  if (!(span.endEpochMs >= span.startEpochMs)) return 'a span ends before it starts';
  return undefined;
}

function createRow(span: ReceivedSpan): CallRow {
  const { attributes } = span;
  const costParts = COST_PARTS.flatMap(([key, part]) => {
    const amount = picoUsdOf(attributes, key);
    return amount === undefined || amount === 0n ? [] : [[part, amount] as const];
  });
  return {
    startEpochMs: span.startEpochMs,
    endEpochMs: span.endEpochMs,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    texts: textsOf(span),
    resendCount: resendCountOf(attributes),
    inputTokens: countOf(attributes, genAi.usageInputTokens),
    outputTokens: countOf(attributes, genAi.usageOutputTokens),
    cacheReadTokens: countOf(attributes, genAi.usageCacheReadInputTokens),
    cacheWriteTokens: countOf(
      attributes,
      genAi.usageCacheWriteInputTokens,
      genAi.usageCacheCreationInputTokens,
    ),
    reasoningTokens: countOf(attributes, genAi.usageReasoningOutputTokens),
    priceBasis: describePriceBasis(attributes, (key) => countOf(attributes, key)),
    costPicoUsd: picoUsdOf(attributes, tokenmeter.costTotal),
    costParts,
    isMetered: isMeteredSpan(attributes),
    isSeeded: isSeeded(span.resource),
    attributes,
    resource: span.resource,
  };
}

/**
 * Describes the span of a call in the words of the conventions, or says why it is impossible: ids, times or values that
 * cannot be. Never throws.
 */
export function describeCall(span: ReceivedSpan, latestEpochMs: number): DescribedCall {
  const problem = problemOf(span);
  if (problem !== undefined) return { kind: 'rejected', problem };
  if (span.endEpochMs > latestEpochMs)
    return { kind: 'rejected', problem: 'a span ends in the future' };
  try {
    return { kind: 'call', call: createRow(span) };
  } catch (error) {
    if (error instanceof RejectedError) return { kind: 'rejected', problem: error.message };
    throw error;
  }
}

/** True for a failed call that reported nothing: its provider bills nothing, and that is no gap in the prices. */
export function isUnbilled(call: CallRow): boolean {
  const hasTokens = call.inputTokens !== undefined || call.outputTokens !== undefined;
  const hasMore = Object.keys(call.priceBasis?.counts ?? {}).length > 0;
  return callText(call, 'outcome') === 'error' && !hasTokens && !hasMore;
}
