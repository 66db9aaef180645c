import type { FlatSpan, KeyValue } from './otlp-json.ts';
import { isJson, type Json } from './provider/model-answer.ts';
import type { TrueCall } from './read-truth.ts';
import type { Tokens } from './scenario.ts';

/** What the spans of a step know of one call. */
export interface Carried {
  /** Classes that a perfect reader can know; undefined: no usage at all. */
  readonly carried?: Tokens;
  /** Classes that the provider reported and no span carries. */
  readonly lost: readonly string[];
  readonly carriesModel: 'served' | 'requested' | 'none';
  /** A service tier other than the usual one stands on the spans. */
  readonly carriesTier?: true;
  /** Spans with this call's own totals. */
  readonly spans: readonly string[];
}

interface Facts {
  readonly numbers: ReadonlySet<number>;
  readonly texts: readonly string[];
  /** Those that do not repeat the request: a tier that was asked for is not the one that was served. */
  readonly answers: readonly string[];
}

const REQUEST_KEYS = /request|invocation_parameters|model\.parameters|input\.value|settings/;

const WRITES = ['cache_write_5m', 'cache_write_1h', 'cache_write'] as const;

/**
 * Finds a call's numbers in the spans of its step. `carried` is what its innermost span knows, of several that with the
 * least lost: a processor sees one span at a time, and what surrounds a call is not charged.
 */
export function measureCarried(call: TrueCall, spans: readonly FlatSpan[]): Carried {
  const { tokens } = call;
  const facts = spans.map((span) => ({ span, ...factsOf(span) }));
  const own = tokens === undefined ? [] : facts.filter(({ numbers }) => hasTotals(tokens, numbers));
  const inner = own.filter(({ span }) => !own.some((other) => isWithin(other.span, span, spans)));
  const known = inner
    .map((each) => ({ each, carried: carriedTokens(tokens ?? {}, each.numbers) }))
    .map((one) => ({ ...one, lost: lostClasses(tokens ?? {}, one.carried ?? {}) }))
    .toSorted((a, b) => a.lost.length - b.lost.length)[0];
  if (tokens === undefined || known?.carried === undefined) {
    const texts = facts.flatMap((each) => each.texts);
    const lost = tokens === undefined ? [] : ['usage'];
    return { lost, carriesModel: modelCarried(call, texts), spans: [] };
  }
  const tier = call.serviceTier ?? '';
  const isUsual = ['', 'default', 'standard'].includes(tier);
  const carriesTier = !isUsual && known.each.answers.some((text) => text.includes(tier));
  return {
    carried: known.carried,
    lost: known.lost,
    carriesModel: modelCarried(call, known.each.texts),
    ...(carriesTier && { carriesTier }),
    spans: own.map(({ span }) => span.spanId),
  };
}

/** True if a span lies anywhere below another one. */
function isWithin(span: FlatSpan, outer: FlatSpan, spans: readonly FlatSpan[]): boolean {
  let parentId = span.parentSpanId;
  while (parentId !== undefined) {
    if (parentId === outer.spanId) return true;
    parentId = spans.find(({ spanId }) => spanId === parentId)?.parentSpanId;
  }
  return false;
}

function lostClasses(tokens: Tokens, carried: Tokens): readonly string[] {
  const missing = Object.keys(tokens).filter(
    (name) => (tokens[name] ?? 0) > 0 && carried[name] === undefined,
  );
  const excess = sumOf(carried, 'output', 'reasoning') - sumOf(tokens, 'output', 'reasoning');
  return excess > 0 ? [...missing, `output is ${excess} too high`] : missing;
}

function sumOf(tokens: Tokens, ...names: readonly string[]): number {
  return names.reduce((total, name) => total + (tokens[name] ?? 0), 0);
}

function carriedTokens(tokens: Tokens, numbers: ReadonlySet<number>): Tokens | undefined {
  const input = carriedInput(tokens, numbers);
  const output = hiddenReasoning(tokens, numbers) ?? carriedOutput(tokens, numbers);
  if (input === undefined && output === undefined) return undefined;
  return { ...input, ...output };
}

function carriedInput(tokens: Tokens, numbers: ReadonlySet<number>): Tokens | undefined {
  const known: Record<string, number> = {};
  const fresh = tokens.input ?? 0;
  const read = tokens.cache_read ?? 0;
  const written = WRITES.reduce((total, name) => total + (tokens[name] ?? 0), 0);
  if (read > 0 && numbers.has(read)) known.cache_read = read;
  Object.assign(known, carriedWrites(tokens, written, numbers));
  const parts = Object.values(known).reduce((total, count) => total + count, 0);
  if (numbers.has(fresh)) return { input: fresh, ...known };
  const totals = [fresh + read + written, fresh + read, fresh + written];
  const total = totals.find((each) => numbers.has(each) && each >= parts);
  return total === undefined ? undefined : { input: total - parts, ...known };
}

function carriedWrites(tokens: Tokens, written: number, numbers: ReadonlySet<number>): Tokens {
  if (written === 0) return {};
  const named = WRITES.filter((name) => (tokens[name] ?? 0) > 0);
  const seen = named.filter((name) => numbers.has(tokens[name] ?? 0));
  const isSumKnown = numbers.has(written);
  // All but one class beside their sum tell the one.
  if (seen.length === named.length || (isSumKnown && seen.length === named.length - 1)) {
    if (named.length > 1 || seen.length > 0) {
      return Object.fromEntries(named.map((name) => [name, tokens[name] ?? 0]));
    }
  }
  if (isSumKnown) return { cache_write: written };
  return Object.fromEntries(seen.map((name) => [name, tokens[name] ?? 0]));
}

function carriedOutput(tokens: Tokens, numbers: ReadonlySet<number>): Tokens | undefined {
  const visible = tokens.output ?? 0;
  const reasoning = tokens.reasoning ?? 0;
  if (visible + reasoning === 0) return undefined;
  const known = reasoning > 0 && numbers.has(reasoning) ? { reasoning } : {};
  const hidden = known.reasoning ?? 0;
  if (numbers.has(visible + reasoning)) return { output: visible + reasoning - hidden, ...known };
  if (numbers.has(visible)) return { output: visible, ...known };
  // A library that counts the opening token of a stream twice.
  if (numbers.has(visible + reasoning + 1)) {
    return { output: visible + reasoning + 1 - hidden, ...known };
  }
  return undefined;
}

/** Reasoning that only the total of the whole call tells: it is neither in the input nor in the output. */
function hiddenReasoning(tokens: Tokens, numbers: ReadonlySet<number>): Tokens | undefined {
  const { output = 0, reasoning = 0 } = tokens;
  const prompt = sumOf(tokens, 'input', 'cache_read', ...WRITES);
  const isAlone = numbers.has(output) && !numbers.has(output + reasoning);
  const isTotal = numbers.has(prompt) && numbers.has(prompt + output + reasoning);
  return reasoning > 0 && isAlone && isTotal ? { output, reasoning } : undefined;
}

function hasTotals(tokens: Tokens, numbers: ReadonlySet<number>): boolean {
  const input = carriedInput(tokens, numbers);
  const output = carriedOutput(tokens, numbers);
  const expectsOutput = (tokens.output ?? 0) > 0;
  return expectsOutput ? output !== undefined : input !== undefined;
}

function modelCarried(call: TrueCall, texts: readonly string[]): Carried['carriesModel'] {
  if (texts.some((text) => text.includes(call.model))) return 'served';
  return texts.some((text) => text.includes(call.requestModel)) ? 'requested' : 'none';
}

function factsOf(span: FlatSpan): Facts {
  const numbers = new Set<number>();
  const texts: string[] = [];
  const answers: string[] = [];
  const attributes = [...span.attributes, ...span.events.flatMap((event) => event.attributes)];
  for (const { key, value } of attributes) {
    const found: string[] = [];
    collect(value, numbers, found);
    texts.push(...found);
    if (!REQUEST_KEYS.test(key)) answers.push(...found);
  }
  return { numbers, texts, answers };
}

function collect(value: Json, numbers: Set<number>, texts: string[]): void {
  if (value.intValue !== undefined) numbers.add(Number(value.intValue));
  else if (typeof value.doubleValue === 'number') numbers.add(value.doubleValue);
  else if (typeof value.stringValue === 'string') {
    texts.push(value.stringValue);
    for (const [digits] of value.stringValue.matchAll(/(?<![\w.-])\d+(?![\w.-])/g)) {
      numbers.add(Number(digits));
    }
  }
  const nested = isJson(value.arrayValue) ? value.arrayValue.values : objectValues(value);
  if (!Array.isArray(nested)) return;
  for (const each of nested) if (isJson(each)) collect(each, numbers, texts);
}

function objectValues(value: Json): readonly unknown[] {
  const pairs: readonly KeyValue[] =
    isJson(value.kvlistValue) && Array.isArray(value.kvlistValue.values)
      ? value.kvlistValue.values
      : [];
  return pairs.map((pair) => pair.value);
}
