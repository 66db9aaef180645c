import {
  EXCLUSIVE_INPUT_SCOPES,
  FOREIGN_COUNTS,
  FOREIGN_TOTAL_COUNTS,
  genAi,
  RAW_USAGE_SCOPE,
} from '@tokenmeter/semconv';
import { readUsageText, type UsageText } from './read-usage-text.ts';
import type { Attributes, AttributeValue, ReceivedSpan } from './received-telemetry.ts';

/** Counts of a call; totals hold their parts. */
export type ForeignCounts = Partial<Record<keyof typeof FOREIGN_COUNTS, number>>;

/** The usage of a call of another instrumentation. */
export interface ForeignUsage {
  readonly counts: Readonly<ForeignCounts>;
  /** Something is there that can be no count, or no call of anybody's. */
  readonly isImpossible: boolean;
  readonly text: UsageText;
}

/** What is known of a call before its usage is read. Empty: nobody said it. */
export interface ForeignCall {
  readonly provider: string;
  /** The first word of the provider as the span writes it, lower-case. */
  readonly saidProvider: string;
  readonly requestModel: string;
}

const EXCLUSIVE = new RegExp(EXCLUSIVE_INPUT_SCOPES);
const FURTHER = [
  ...(['inputAudio', 'inputImage', 'inputVideo', 'cacheReadAudio', 'cacheReadImage'] as const),
  ...(['outputAudio', 'outputImage'] as const),
  ...(['webSearch', 'fileSearch', 'codeInterpreter', 'rerank', 'grounding'] as const),
];
const REQUESTS = ['webSearch', 'fileSearch', 'codeInterpreter', 'rerank', 'grounding'] as const;
const TOKENS = ['input', 'output', 'cacheRead', 'cacheWrite', 'reasoning'] as const;
const PARTS = ['cacheRead', 'cacheWrite', 'reasoning'] as const;
const LIVES = ['cacheWrite5m', 'cacheWrite1h'] as const;
/** More tokens, or more searches, in one call are nobody's. */
const MOST_TOKENS = 1e9;
const MOST_REQUESTS = 1e6;
/** How the decoders write lists, maps and bytes. */
const STRUCTURE = /^(?:[{["]|\d\d:)/;

/** The first value of several names. */
export function firstOf(
  attributes: Attributes,
  keys: readonly string[],
): AttributeValue | undefined {
  for (const key of keys) {
    const value = attributes.get(key);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** A count, also one written as text; NaN for lists and maps, undefined for words. */
function toCount(value: AttributeValue | undefined): number | undefined {
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value !== 'string') return undefined;
  if (/^[+-]?\d{1,19}$/.test(value)) return Number(value);
  return STRUCTURE.test(value) ? Number.NaN : undefined;
}

/** True when a span has a count of its input or its output, whatever it says. */
export function hasTotals(attributes: Attributes): boolean {
  return [...FOREIGN_COUNTS.input, ...FOREIGN_COUNTS.output].some((key) => {
    const value = attributes.get(key);
    return typeof value === 'boolean' || toCount(value) !== undefined;
  });
}

/** The totals and parts that the span says itself, or its texts where it does not. */
function readTokens(attributes: Attributes, text: UsageText): ForeignCounts {
  const counts: ForeignCounts = {};
  for (const name of TOKENS) {
    const value =
      text.totals[name] ?? toCount(firstOf(attributes, FOREIGN_COUNTS[name])) ?? text.parts[name];
    if (value !== undefined) counts[name] = value;
  }
  return counts;
}

/** Whether the input leaves out what a cache held: the scope tells, or the AI SDK's version, else impossible numbers. */
function isExclusive(
  { attributes, scopeName }: ReceivedSpan,
  counts: ForeignCounts,
  { provider, rawInput }: { readonly provider: string; readonly rawInput: number | undefined },
): boolean {
  if (EXCLUSIVE.test(scopeName)) return true;
  if (provider !== 'anthropic' && provider !== 'aws.bedrock') return false;
  const { input = Number.NaN, cacheRead = 0, cacheWrite = 0 } = counts;
  if (scopeName === RAW_USAGE_SCOPE || cacheRead + cacheWrite > input || rawInput === input) {
    return true;
  }
  const hasDetails =
    attributes.has('ai.usage.inputTokenDetails.noCacheTokens') ||
    attributes.has('ai.usage.inputTokenDetails.cacheReadTokens');
  return (
    attributes.has('ai.operationId') &&
    rawInput === undefined &&
    !hasDetails &&
    (!isObject(attributes) || isOldObject(attributes))
  );
}

function isObject(attributes: Attributes): boolean {
  return String(attributes.get('ai.operationId')).includes('Object');
}

/** The AI SDK has no details on spans of objects in version 6 either; 4 and 5 say what they are. */
function isOldObject(attributes: Attributes): boolean {
  const agent = String(attributes.get('ai.request.headers.user-agent') ?? '');
  return attributes.has('ai.prompt.format') || /ai\/[45][.]/.test(agent);
}

/** Adds what a cache held to an input that leaves it out, and reads how long writes are kept. */
function readCache(
  span: ReceivedSpan,
  counts: ForeignCounts,
  { provider, text }: { readonly provider: string; readonly text: UsageText },
): void {
  const { cacheRead = 0, cacheWrite = 0 } = counts;
  for (const name of LIVES) {
    const isCached = cacheRead > 0 || cacheWrite > 0;
    const own = isCached ? toCount(firstOf(span.attributes, FOREIGN_COUNTS[name])) : undefined;
    const value = text.parts[name] ?? own;
    if (value !== undefined && value !== 0) counts[name] = value;
  }
  if (!(cacheRead > 0 || cacheWrite > 0) || counts.input === undefined) return;
  if (isExclusive(span, counts, { provider, rawInput: text.rawInput })) {
    counts.input += cacheRead + cacheWrite;
  }
}

/** Gemini counts thoughts beside the answer: some libraries too, and of some only the total shows them. */
function readThoughts(
  { attributes }: ReceivedSpan,
  counts: ForeignCounts,
  { provider, text }: { readonly provider: string; readonly text: UsageText },
): void {
  const isGemini = ['gcp.gemini', 'gcp.gen_ai', 'gcp.vertex_ai'].includes(provider);
  const { input = Number.NaN, output = Number.NaN, reasoning } = counts;
  if (!isGemini) return;
  const total = toCount(firstOf(attributes, FOREIGN_TOTAL_COUNTS)) ?? text.total ?? Number.NaN;
  if (reasoning === undefined) {
    if (!(total > input + output)) return;
    counts.reasoning = total - input - output;
    counts.output = total - input;
    return;
  }
  const isBeside = reasoning > output || total === input + output + reasoning;
  if (reasoning > 0 && output >= 0 && isBeside) counts.output = output + reasoning;
}

/** Media and billed requests. */
function readFurther(attributes: Attributes, counts: ForeignCounts, text: UsageText): void {
  for (const name of FURTHER) {
    const value = toCount(firstOf(attributes, FOREIGN_COUNTS[name]));
    if (value !== undefined && value !== 0) counts[name] = value;
  }
  if ((text.webSearches ?? 0) > 0) counts.webSearch = text.webSearches ?? 0;
  if (text.inputAudio !== undefined) counts.inputAudio ??= text.inputAudio;
  if (text.outputAudio !== undefined) counts.outputAudio ??= text.outputAudio;
  const { cacheWrite5m = 0, cacheWrite1h = 0, cacheReadAudio = 0, cacheReadImage = 0 } = counts;
  const written = cacheWrite5m + cacheWrite1h;
  const read = cacheReadAudio + cacheReadImage;
  if (written > Math.max(0, counts.cacheWrite ?? 0)) counts.cacheWrite = written;
  if (read > Math.max(0, counts.cacheRead ?? 0)) counts.cacheRead = read;
}

/** Nothing read and nothing written is what some libraries say when they do not know. */
function dropNothing(counts: ForeignCounts): void {
  const hasMore = [...FURTHER, ...LIVES].some((name) => counts[name] !== undefined);
  if (counts.input === 0 && (counts.output ?? 0) === 0 && !hasMore) delete counts.input;
  if (counts.output === 0 && counts.input === undefined) delete counts.output;
  const isIdle = TOKENS.every((name) => (counts[name] ?? 0) === 0);
  if (isIdle && counts.input === undefined && !hasMore)
    for (const name of TOKENS) delete counts[name];
}

/** Input that is no text and came from no cache; without end where a cache held more than there was. */
function uncachedMedia(counts: ForeignCounts): number {
  const { inputAudio = 0, inputImage = 0, inputVideo = 0 } = counts;
  const { cacheReadAudio = 0, cacheReadImage = 0 } = counts;
  const isMore = cacheReadAudio > inputAudio || cacheReadImage > inputImage;
  return isMore ? Infinity : inputAudio - cacheReadAudio + inputImage - cacheReadImage + inputVideo;
}

/** What a span says of a part that nothing was read of. */
function partOf(
  attributes: Attributes,
  counts: ForeignCounts,
  name: (typeof PARTS)[number],
): AttributeValue | undefined {
  return counts[name] === undefined ? firstOf(attributes, FOREIGN_COUNTS[name]) : undefined;
}

function isImpossible(attributes: Attributes, counts: ForeignCounts): boolean {
  const isUnread = (value: AttributeValue | undefined): boolean =>
    value !== undefined && toCount(value) === undefined;
  if (counts.input === undefined && isUnread(attributes.get(genAi.usageInputTokens))) return true;
  if (counts.output === undefined && isUnread(attributes.get(genAi.usageOutputTokens))) return true;
  const names = [...TOKENS, ...FURTHER, ...LIVES];
  if (names.some((name) => typeof firstOf(attributes, FOREIGN_COUNTS[name]) === 'boolean')) {
    return true;
  }
  if (PARTS.some((name) => isUnread(partOf(attributes, counts, name)))) return true;
  const all = Object.values(counts);
  const { input = 0, output = 0, cacheRead = 0, cacheWrite = 0, reasoning = 0 } = counts;
  const { outputAudio = 0, outputImage = 0 } = counts;
  return (
    all.some((count) => !(count >= 0)) ||
    !(input <= MOST_TOKENS && output <= MOST_TOKENS) ||
    cacheRead + cacheWrite + uncachedMedia(counts) > input ||
    reasoning + outputAudio + outputImage > output ||
    REQUESTS.some((name) => (counts[name] ?? 0) > MOST_REQUESTS)
  );
}

function hasCount(attributes: Attributes, name: (typeof TOKENS)[number]): boolean {
  return toCount(firstOf(attributes, FOREIGN_COUNTS[name])) !== undefined;
}

/** Reads the usage of a call of another instrumentation as inclusive totals. Never throws. */
export function readForeignUsage(span: ReceivedSpan, call: ForeignCall): ForeignUsage {
  const { attributes, scopeName } = span;
  const text = readUsageText(attributes, {
    ...call,
    scopeName,
    hasInput: hasCount(attributes, 'input'),
    hasReasoning: hasCount(attributes, 'reasoning'),
    hasCacheRead: hasCount(attributes, 'cacheRead'),
    hasCacheWrite: hasCount(attributes, 'cacheWrite'),
  });
  const counts = readTokens(attributes, text);
  readCache(span, counts, { provider: call.provider, text });
  readThoughts(span, counts, { provider: call.provider, text });
  readFurther(attributes, counts, text);
  const impossible = isImpossible(attributes, counts);
  if (!impossible) dropNothing(counts);
  return { counts, isImpossible: impossible, text };
}
