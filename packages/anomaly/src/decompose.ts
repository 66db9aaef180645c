import { pricedCalls, type UsageSum } from './usage-sum.ts';

/** Why cost changed. Amounts add up to the change. */
export interface Decomposition {
  /** More or fewer calls. */
  readonly volume: number;
  /** Another share of features, models and teams. */
  readonly mix: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** A different share of the input read from the cache. */
  readonly cache: number;
  /** Another price of a token. */
  readonly price: number;
  /** Cost that is not of tokens read or written: cache writes, tools, calls without token counts. */
  readonly other: number;
}

/** Usage of one series before and after, over equal lengths of time. */
export interface UsageChange {
  readonly before: UsageSum;
  readonly after: UsageSum;
}

type Part = keyof Decomposition;
/** One factor of a product, before and after, and the part that a change of it belongs to. */
type Factor = readonly [part: Part, before: number, after: number];

const PARTS = [
  'volume',
  'mix',
  'input_tokens',
  'output_tokens',
  'cache',
  'price',
  'other',
] as const satisfies readonly Part[];

/**
 * Splits a change of cost exactly into volume, mix, tokens per call, cache, price and other (log-mean Divisia).
 *
 * Each series' cost is a sum of products (calls × share × tokens per call × cached share × price); each product's change
 * is shared by the logarithms of its factors. Calls are those that have a price: the others cost nothing that is known. A
 * product that comes from or falls to zero belongs whole to the first factor that was or became zero. The parts sum to
 * the change within rounding. Never NaN for finite input.
 */
export function decompose(changes: readonly UsageChange[]): Decomposition {
  const parts: Record<Part, number> = {
    volume: 0,
    mix: 0,
    input_tokens: 0,
    output_tokens: 0,
    cache: 0,
    price: 0,
    other: 0,
  };
  const before = changes.reduce((sum, change) => sum + pricedCalls(change.before), 0);
  const after = changes.reduce((sum, change) => sum + pricedCalls(change.after), 0);
  let change = 0;
  for (const one of changes) {
    change += one.after.costUsd - one.before.costUsd;
    for (const term of termsOf(one, before, after)) addTerm(parts, term);
  }
  settleRounding(parts, change);
  return parts;
}

function termsOf({ before, after }: UsageChange, callsBefore: number, callsAfter: number): Term[] {
  const b = rates(before, callsBefore);
  const a = rates(after, callsAfter);
  const common: readonly Factor[] = [
    ['volume', callsBefore, callsAfter],
    ['mix', b.share, a.share],
  ];
  const gross: Factor = ['input_tokens', b.gross, a.gross];
  return [
    {
      before: before.inputUsd,
      after: after.inputUsd,
      factors: [
        ...common,
        gross,
        ['cache', 1 - b.cached, 1 - a.cached],
        ['price', b.inputPrice, a.inputPrice],
      ],
    },
    {
      before: before.cacheReadUsd,
      after: after.cacheReadUsd,
      factors: [
        ...common,
        gross,
        ['cache', b.cached, a.cached],
        ['price', b.cachePrice, a.cachePrice],
      ],
    },
    {
      before: before.outputUsd,
      after: after.outputUsd,
      factors: [
        ...common,
        ['output_tokens', b.output, a.output],
        ['price', b.outputPrice, a.outputPrice],
      ],
    },
    {
      before: restOf(before),
      after: restOf(after),
      factors: [
        ...common,
        ['other', ratio(restOf(before), b.calls), ratio(restOf(after), a.calls)],
      ],
    },
  ];
}

interface Term {
  readonly before: number;
  readonly after: number;
  readonly factors: readonly Factor[];
}

function rates(usage: UsageSum, allCalls: number) {
  const calls = pricedCalls(usage);
  const gross = usage.inputTokens + usage.cacheReadTokens;
  return {
    calls,
    share: ratio(calls, allCalls),
    gross: ratio(gross, calls),
    cached: ratio(usage.cacheReadTokens, gross),
    output: ratio(usage.outputTokens, calls),
    inputPrice: ratio(usage.inputUsd, usage.inputTokens),
    cachePrice: ratio(usage.cacheReadUsd, usage.cacheReadTokens),
    outputPrice: ratio(usage.outputUsd, usage.outputTokens),
  };
}

function restOf(usage: UsageSum): number {
  return usage.costUsd - usage.inputUsd - usage.cacheReadUsd - usage.outputUsd;
}

function ratio(top: number, bottom: number): number {
  return bottom > 0 ? top / bottom : 0;
}

function addTerm(parts: Record<Part, number>, term: Term): void {
  const change = term.after - term.before;
  if (change === 0 && term.before === 0) return;
  const zero = term.factors.find(([, before, after]) => !(before > 0) || !(after > 0));
  if (zero !== undefined || !(term.before > 0) || !(term.after > 0)) {
    parts[zero?.[0] ?? 'other'] += change;
    return;
  }
  const weight = logMean(term.after, term.before);
  for (const [part, before, after] of term.factors)
    parts[part] += weight * Math.log(after / before);
}

function logMean(a: number, b: number): number {
  const log = Math.log(a / b);
  return Math.abs(log) < 1e-6 ? (a + b) / 2 : (a - b) / log;
}

/** Rounding of the logarithms goes to the largest part, so that the sum is the change itself. */
function settleRounding(parts: Record<Part, number>, change: number): void {
  let largest: Part = 'volume';
  let sum = 0;
  for (const part of PARTS) {
    sum += parts[part];
    if (Math.abs(parts[part]) > Math.abs(parts[largest])) largest = part;
  }
  parts[largest] += change - sum;
}
