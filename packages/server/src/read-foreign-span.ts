import {
  EXCLUSIVE_INPUT_SCOPES,
  FOREIGN_COUNTS,
  FOREIGN_OPERATIONS,
  FOREIGN_PROVIDERS,
  FOREIGN_TEXTS,
  genAi,
  general,
  tokenmeter,
} from '@tokenmeter/semconv';
import { FOREIGN_USAGE_TEXTS, readUsageText, type UsageText } from './read-usage-text.ts';
import type { Attributes, AttributeValue, ReceivedSpan } from './received-telemetry.ts';

/** Attributes of other instrumentations that `readForeignSpan` looks at. None of them holds what was written or answered. */
export const FOREIGN_ATTRIBUTES: readonly string[] = [
  ...Object.values(FOREIGN_COUNTS).flat(),
  ...Object.values(FOREIGN_TEXTS).flat(),
  ...FOREIGN_USAGE_TEXTS,
  'agent_name',
  'langfuse.observation.level',
  'logfire.span_type',
  'ai.usage.inputTokenDetails.noCacheTokens',
];

const CLIENT = 3;
const EXCLUSIVE = new RegExp(EXCLUSIVE_INPUT_SCOPES);

function first(attributes: Attributes, keys: readonly string[]): AttributeValue | undefined {
  for (const key of keys) {
    const value = attributes.get(key);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** A count, also one written as text; anything else stays as it is, for the reader of the span to refuse. */
function countOf(attributes: Attributes, keys: readonly string[]): AttributeValue | undefined {
  const value = first(attributes, keys);
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

function operationOf(attributes: Attributes): string | undefined {
  const kind = first(attributes, FOREIGN_TEXTS.kind);
  if (kind !== undefined) {
    const word = String(kind);
    return Object.hasOwn(FOREIGN_OPERATIONS, word) ? FOREIGN_OPERATIONS[word] : undefined;
  }
  const isRun = attributes.has('agent_name') || attributes.has(genAi.agentName);
  const hasModel = attributes.has(genAi.requestModel);
  return hasModel && !isRun && hasUsage(attributes) ? 'chat' : undefined;
}

function hasUsage(attributes: Attributes): boolean {
  return [...FOREIGN_COUNTS.input, ...FOREIGN_COUNTS.output].some((key) => attributes.has(key));
}

/** `gen_ai.provider.name` for what a span says; empty when it says nothing. */
function providerOf(attributes: Attributes): string {
  const said = String(first(attributes, FOREIGN_TEXTS.provider) ?? '').toLowerCase();
  const model = String(attributes.get(genAi.requestModel) ?? '').toLowerCase();
  const words = said === '' ? [model.split('/')[0] ?? ''] : [said, said.split('.')[0] ?? ''];
  for (const word of words) {
    if (Object.hasOwn(FOREIGN_PROVIDERS, word)) return FOREIGN_PROVIDERS[word] ?? said;
  }
  return said;
}

type Counts = Partial<Record<keyof typeof FOREIGN_COUNTS, AttributeValue>>;

function countsOf(attributes: Attributes, inside: UsageText): Counts {
  const counts: Counts = {};
  for (const name of COUNTS) {
    const value =
      inside.totals[name] ?? countOf(attributes, FOREIGN_COUNTS[name]) ?? inside.parts[name];
    if (value !== undefined) counts[name] = value;
  }
  return counts;
}

const COUNTS = [
  ...(['input', 'output', 'cacheRead', 'cacheWrite', 'reasoning'] as const),
  ...(['cacheWrite5m', 'cacheWrite1h'] as const),
];

/** Whether the input leaves out what a cache held: the scope tells, or the AI SDK's version, else impossible numbers. */
function isExclusive(
  { attributes, scopeName }: ReceivedSpan,
  counts: Counts,
  { provider, rawInput }: { readonly provider: string; readonly rawInput: number | undefined },
): boolean {
  const cached = Number(counts.cacheRead ?? 0) + Number(counts.cacheWrite ?? 0);
  if (!(cached > 0)) return false;
  if (EXCLUSIVE.test(scopeName)) return true;
  if (provider !== 'anthropic' && provider !== 'aws.bedrock') return false;
  if (cached > Number(counts.input) || rawInput === counts.input) return true;
  const hasDetails =
    attributes.has('ai.usage.inputTokenDetails.noCacheTokens') ||
    attributes.has('ai.usage.inputTokenDetails.cacheReadTokens');
  return attributes.has('ai.operationId') && rawInput === undefined && !hasDetails;
}

const TOTALS: Readonly<Record<(typeof COUNTS)[number], string>> = {
  input: genAi.usageInputTokens,
  output: genAi.usageOutputTokens,
  cacheRead: genAi.usageCacheReadInputTokens,
  cacheWrite: genAi.usageCacheWriteInputTokens,
  reasoning: genAi.usageReasoningOutputTokens,
  cacheWrite5m: tokenmeter.tokensCacheWrite5m,
  cacheWrite1h: tokenmeter.tokensCacheWrite1h,
};

function setCounts(attributes: Map<string, AttributeValue>, counts: Counts): void {
  for (const name of COUNTS) {
    const value = counts[name];
    // A lifetime without writes says nothing.
    const isIdle = name.startsWith('cacheWrite') && name !== 'cacheWrite' && value === 0;
    if (value !== undefined && !isIdle) attributes.set(TOTALS[name], value);
  }
}

/**
 * The span of another instrumentation in the words of the conventions: operation, provider, models, inclusive totals. What
 * repeats the tokens of calls inside it (agents, tools, outer spans of the AI SDK) comes back without an operation. Usage
 * inside the JSON of an answer is not read. Never throws.
 */
export function readForeignSpan(span: ReceivedSpan): ReceivedSpan {
  const operation = operationOf(span.attributes);
  const attributes = new Map(span.attributes);
  attributes.delete(genAi.operationName);
  if (operation === undefined) return { ...span, attributes };
  attributes.set(genAi.operationName, operation);
  for (const [key, keys] of [
    [genAi.requestModel, FOREIGN_TEXTS.requestModel],
    [genAi.responseModel, FOREIGN_TEXTS.responseModel],
    [genAi.responseId, FOREIGN_TEXTS.responseId],
    [tokenmeter.priceServiceTier, FOREIGN_TEXTS.serviceTier],
  ] as const) {
    const value = first(attributes, keys);
    if (value !== undefined) attributes.set(key, value);
  }
  const provider = providerOf(attributes);
  if (provider !== '') attributes.set(genAi.providerName, provider);
  const inside = readUsageText(attributes);
  if (inside.serviceTier !== undefined)
    attributes.set(tokenmeter.priceServiceTier, inside.serviceTier);
  const counts = countsOf(span.attributes, inside);
  if (isExclusive(span, counts, { provider, rawInput: inside.rawInput })) {
    counts.input =
      Number(counts.input) + Number(counts.cacheRead ?? 0) + Number(counts.cacheWrite ?? 0);
  }
  setCounts(attributes, counts);
  if (attributes.get('langfuse.observation.level') === 'ERROR') {
    attributes.set(general.errorType, '_OTHER');
  }
  return { ...span, kind: CLIENT, attributes };
}
