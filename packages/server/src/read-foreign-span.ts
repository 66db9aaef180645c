import {
  BEDROCK_MODELS,
  COST_CLAIMING_SCOPES,
  costCompat,
  FOREIGN_COUNTS,
  FOREIGN_OPERATIONS,
  FOREIGN_PROVIDERS,
  FOREIGN_REGION_HOSTS,
  FOREIGN_TEXTS,
  FOREIGN_TOTAL_COUNTS,
  genAi,
  general,
  tokenmeter,
} from '@tokenmeter/semconv';
import { FOREIGN_NAME_TEXTS, nameForeignSpan } from './name-foreign-span.ts';
import {
  type ForeignCounts,
  type ForeignUsage,
  firstOf,
  hasTotals,
  readForeignUsage,
} from './read-foreign-usage.ts';
import { FOREIGN_USAGE_TEXTS, readRequestedModel, type UsageText } from './read-usage-text.ts';
import type { Attributes, AttributeValue, ReceivedSpan } from './received-telemetry.ts';

const HTTP_METHOD = 'http.request.method';
/** Words of one library each. */
const FOREIGN_WORDS: readonly string[] = [
  'agent_name',
  'langfuse.observation.level',
  'logfire.span_type',
  'ai.usage.inputTokenDetails.noCacheTokens',
  'ai.prompt.format',
  'ai.request.headers.user-agent',
];

/** Attributes of other instrumentations that `readForeignSpan` looks at. What was written or answered is not kept. */
export const FOREIGN_ATTRIBUTES: readonly string[] = [
  ...Object.values(FOREIGN_COUNTS).flat(),
  ...Object.values(FOREIGN_TEXTS).flat(),
  ...FOREIGN_TOTAL_COUNTS,
  ...[costCompat.usageCost, costCompat.draftAmount],
  ...[costCompat.draftCurrency, costCompat.draftSource],
  ...FOREIGN_USAGE_TEXTS,
  ...FOREIGN_NAME_TEXTS,
  ...FOREIGN_WORDS,
  HTTP_METHOD,
  general.serverAddress,
];

/** A span of another instrumentation that is a call, in the words of the conventions. */
export interface ForeignCallSpan {
  readonly kind: 'call';
  readonly span: ReceivedSpan;
  readonly counts: Readonly<ForeignCounts>;
  readonly hasUsage: boolean;
  readonly hasFailed: boolean;
}

/** A call, or a span that is none. */
export type ForeignSpan = ForeignCallSpan | { readonly kind: 'other' };

/** Who makes a model, for calls that name no provider; undefined for nobody known. */
export type MakerOf = (model: string) => string | undefined;

const OTHER: ForeignSpan = { kind: 'other' };
const CLIENT = 3;
const CLAIMING = new RegExp(COST_CLAIMING_SCOPES);
const BEDROCK = new RegExp(BEDROCK_MODELS);
const REGION_HOST = new RegExp(FOREIGN_REGION_HOSTS);
const MAX_USD = 9_000_000;

function textOf(attributes: Attributes, key: string): string {
  return String(attributes.get(key) ?? '');
}

function operationOf(attributes: Attributes): string | undefined {
  const kind = firstOf(attributes, FOREIGN_TEXTS.kind);
  if (kind !== undefined) {
    const word = String(kind).toLowerCase();
    return Object.hasOwn(FOREIGN_OPERATIONS, word) ? FOREIGN_OPERATIONS[word] : undefined;
  }
  const isRun = attributes.has('agent_name') || attributes.has(genAi.agentName);
  const hasModel = firstOf(attributes, [genAi.requestModel, genAi.responseModel]) !== undefined;
  return hasModel && !isRun && hasTotals(attributes) ? 'chat' : undefined;
}

function knownProvider(...words: readonly string[]): string | undefined {
  const known = words.find((word) => Object.hasOwn(FOREIGN_PROVIDERS, word));
  return known === undefined ? undefined : FOREIGN_PROVIDERS[known];
}

function saidProviderOf(attributes: Attributes): string {
  return String(firstOf(attributes, FOREIGN_TEXTS.provider) ?? '').toLowerCase();
}

/** `gen_ai.provider.name` for what a span says, or who makes its model; empty when nobody is known. */
function providerOf(attributes: Attributes, makerOf: MakerOf): string {
  const said = saidProviderOf(attributes);
  const named = said === '' ? '' : (knownProvider(said, said.split('.')[0] ?? '') ?? said);
  if (named !== '') return named;
  const requested = textOf(attributes, genAi.requestModel);
  const served = textOf(attributes, genAi.responseModel) || requested;
  const prefixes = [requested, served].map((model) => model.toLowerCase().split('/')[0] ?? '');
  const prefixed = knownProvider(...prefixes) ?? '';
  if (prefixed !== '') return prefixed;
  if (BEDROCK.test(served.toLowerCase())) return 'aws.bedrock';
  return makerOf(served) ?? makerOf(requested) ?? '';
}

const TOTALS: Readonly<Record<keyof typeof FOREIGN_COUNTS, string>> = {
  input: genAi.usageInputTokens,
  output: genAi.usageOutputTokens,
  cacheRead: genAi.usageCacheReadInputTokens,
  cacheWrite: genAi.usageCacheWriteInputTokens,
  reasoning: genAi.usageReasoningOutputTokens,
  cacheWrite5m: tokenmeter.tokensCacheWrite5m,
  cacheWrite1h: tokenmeter.tokensCacheWrite1h,
  inputAudio: genAi.usageAudioInputTokens,
  inputImage: genAi.usageImageInputTokens,
  inputVideo: tokenmeter.tokensInputVideo,
  cacheReadAudio: genAi.usageAudioCacheReadInputTokens,
  cacheReadImage: genAi.usageImageCacheReadInputTokens,
  outputAudio: genAi.usageAudioOutputTokens,
  outputImage: genAi.usageImageOutputTokens,
  webSearch: tokenmeter.requestsWebSearch,
  fileSearch: tokenmeter.requestsFileSearch,
  codeInterpreter: tokenmeter.requestsCodeInterpreter,
  rerank: tokenmeter.requestsRerank,
  grounding: tokenmeter.requestsGrounding,
};

/** Names of the call in the conventions' words; what the span says itself stays. */
function nameCall(attributes: Map<string, AttributeValue>, makerOf: MakerOf): void {
  for (const [key, keys] of [
    [genAi.requestModel, FOREIGN_TEXTS.requestModel],
    [genAi.responseModel, FOREIGN_TEXTS.responseModel],
    [genAi.responseId, FOREIGN_TEXTS.responseId],
    [tokenmeter.priceServiceTier, FOREIGN_TEXTS.serviceTier],
  ] as const) {
    const value = firstOf(attributes, keys);
    if (value !== undefined) attributes.set(key, value);
  }
  const provider = providerOf(attributes, makerOf);
  if (provider !== '') attributes.set(genAi.providerName, provider);
  const host = textOf(attributes, general.serverAddress);
  if (REGION_HOST.test(host)) attributes.set(tokenmeter.priceRegion, host.split('.')[0] ?? '');
  // OpenInference cuts Bedrock's model names short; the request has them.
  const requested = provider === 'aws.bedrock' ? readRequestedModel(attributes) : undefined;
  if (requested === undefined) return;
  attributes.set(genAi.requestModel, requested);
  attributes.set(genAi.responseModel, requested);
}

/** What usage text says beside counts. */
function addText(attributes: Map<string, AttributeValue>, text: UsageText): void {
  const isBedrock = attributes.get(genAi.providerName) === 'aws.bedrock';
  for (const [key, value, isMissingOnly] of [
    [tokenmeter.priceServiceTier, text.serviceTier, true],
    [genAi.responseId, text.responseId, true],
    [tokenmeter.priceSpeed, text.speed, false],
    [tokenmeter.priceInferenceGeo, text.inferenceGeo, false],
    [genAi.responseModel, isBedrock ? text.responseModel : undefined, false],
  ] as const) {
    if (value !== undefined && !(isMissingOnly && attributes.has(key))) attributes.set(key, value);
  }
}

function toUsd(value: AttributeValue | undefined): number | undefined {
  if (value === undefined || value === '' || typeof value === 'boolean') return undefined;
  const usd = Number(value);
  return usd >= 0 && usd < MAX_USD ? usd : undefined;
}

/** The provider's own figure. What a library works out with a price table of its own is a claim and never counts. */
function providerCostOf({ attributes, scopeName }: ReceivedSpan, text: UsageText) {
  const isDraft =
    attributes.get(costCompat.draftSource) === 'provider' &&
    (attributes.get(costCompat.draftCurrency) ?? 'USD') === 'USD';
  const isClaim = CLAIMING.test(scopeName);
  // Libraries write 0 for a model that they do not know.
  const said = isClaim ? undefined : toUsd(attributes.get(costCompat.usageCost)) || undefined;
  return (
    (isDraft ? toUsd(attributes.get(costCompat.draftAmount)) : undefined) ??
    said ??
    toUsd(text.providerCostUsd)
  );
}

function setUsage(
  attributes: Map<string, AttributeValue>,
  { counts, isImpossible }: ForeignUsage,
): void {
  for (const keys of Object.values(FOREIGN_COUNTS)) for (const key of keys) attributes.delete(key);
  for (const [name, key] of Object.entries(TOTALS)) {
    const value: unknown = Reflect.get(counts, name);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) {
      attributes.set(key, value);
    }
  }
  if (isImpossible) attributes.set(tokenmeter.unpricedReason, 'inconsistent_usage');
}

/** Logfire's first span of a stream: its usage stands on a second one. */
function isFirstOfStream(attributes: Attributes): boolean {
  return attributes.get('logfire.span_type') === 'span' && !attributes.has(genAi.responseId);
}

/**
 * Reads the span of another instrumentation into the words of the conventions: operation, provider, models, inclusive
 * totals, and the provider's own cost. What repeats the tokens of calls inside it (agents, tools, outer spans of the AI
 * SDK) is no call. Texts that usage was read from are left out. Never throws.
 */
export function readForeignSpan(received: ReceivedSpan, makerOf: MakerOf): ForeignSpan {
  const span = nameForeignSpan(received);
  const operation = operationOf(span.attributes);
  if (operation === undefined) return OTHER;
  const attributes = new Map(span.attributes);
  attributes.set(genAi.operationName, operation);
  nameCall(attributes, makerOf);
  const usage = readForeignUsage(span, {
    provider: textOf(attributes, genAi.providerName),
    saidProvider: saidProviderOf(span.attributes).split('.')[0] ?? '',
    requestModel: textOf(attributes, genAi.requestModel),
  });
  addText(attributes, usage.text);
  setUsage(attributes, usage);
  const hasFailed =
    span.isError ||
    attributes.has(general.errorType) ||
    attributes.get('langfuse.observation.level') === 'ERROR';
  const hasUsage = usage.isImpossible || Object.keys(usage.counts).length > 0;
  if (!hasUsage && !hasFailed && isFirstOfStream(attributes)) return OTHER;
  const cost = providerCostOf(span, usage.text);
  if (cost !== undefined) {
    attributes.set(tokenmeter.costTotal, cost);
    attributes.set(tokenmeter.costSource, 'provider');
    attributes.delete(tokenmeter.unpricedReason);
  }
  // The route of the application; an HTTP client's own is none.
  if (attributes.has(HTTP_METHOD)) attributes.delete(general.httpRoute);
  for (const key of [...FOREIGN_USAGE_TEXTS, ...FOREIGN_NAME_TEXTS]) attributes.delete(key);
  return {
    kind: 'call',
    span: { ...span, kind: CLIENT, isError: hasFailed, attributes },
    counts: usage.counts,
    hasUsage,
    hasFailed,
  };
}
