import { PROMPT_CLASSES } from './cost-classes.ts';
import type { CostClass, PriceableCall, UnpricedReason } from './priced-call.ts';
import type { ReadyCard } from './ready-row.ts';

/** Counts by class name, as a call reports them. */
export type Counts = Readonly<Record<string, number | undefined>>;

/** Cost of a call by class and in total, in integer pico-USD. */
export interface CostSum {
  readonly picoUsd: Partial<Record<CostClass, number>>;
  readonly totalPicoUsd: number;
}

/** Tells what speaks against a set of counts: nothing, that none is there, or that one is no whole number of 0 or more. */
export function countsProblem(
  tokens: Counts,
  requests: Counts,
): 'no_usage' | 'inconsistent_usage' | undefined {
  const counts = [...Object.values(tokens), ...Object.values(requests)];
  const known = counts.filter((count) => count !== undefined);
  if (known.length === 0) return 'no_usage';
  return known.every(isCount) ? undefined : 'inconsistent_usage';
}

function isCount(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 0;
}

/** Tokens of the prompt, cached tokens included. */
export function promptTokens(tokens: Counts): number {
  let prompt = 0;
  for (const name of PROMPT_CLASSES) prompt += tokens[name] ?? 0;
  return prompt;
}

/** Costs of all classes of a call on one card, or why there is none. Tokens and requests are those of its usage. */
export function addUp(card: ReadyCard, tokens: Counts, requests: Counts): CostSum | UnpricedReason {
  const picoUsd: Record<string, number> = {};
  let total = 0;
  for (const name in tokens) {
    const count = tokens[name];
    if (count === undefined || count === 0) continue;
    if (!isCount(count)) return 'inconsistent_usage';
    const rate = card.tokens.get(name);
    if (rate === undefined) {
      if (card.secondPicoUsd !== undefined) continue;
      return 'missing_rate';
    }
    const cost = rate * count;
    picoUsd[name] = cost;
    total += cost;
  }
  const fees = addFees(card, requests, picoUsd);
  if (typeof fees === 'string') return fees;
  total += fees;
  return {
    picoUsd,
    totalPicoUsd: total <= Number.MAX_SAFE_INTEGER ? total : exactSum(card, tokens, fees),
  };
}

function addFees(
  card: ReadyCard,
  requests: Counts,
  picoUsd: Record<string, number>,
): number | UnpricedReason {
  const { callFee } = card;
  let total = 0;
  if (callFee !== undefined) {
    picoUsd[callFee.requestClass] = callFee.picoUsd;
    total = callFee.picoUsd;
  }
  for (const name in requests) {
    const count = requests[name];
    // A search fee that every call pays already covers the searches of the call.
    if (count === undefined || count === 0 || callFee?.requestClass === name) continue;
    if (!isCount(count)) return 'inconsistent_usage';
    const fee = card.requests.get(name);
    if (fee === undefined) return 'missing_rate';
    picoUsd[name] = fee * count;
    total += fee * count;
  }
  return total;
}

/** Above 9,007 USD a sum of doubles may lose pico-USD; the products are then added as big integers and rounded once. */
function exactSum(card: ReadyCard, tokens: Counts, fees: number): number {
  let exact = BigInt(Math.round(fees));
  for (const name in tokens) {
    const rate = card.tokens.get(name);
    exact += BigInt(Math.round(rate ?? 0)) * BigInt(tokens[name] ?? 0);
  }
  return Number(exact);
}

/** Cost of a free call: 0 for each class that was counted. */
export function freeSum(tokens: Counts): CostSum {
  const picoUsd: Record<string, number> = {};
  for (const [name, count] of Object.entries(tokens)) if (count !== undefined) picoUsd[name] = 0;
  return { picoUsd, totalPicoUsd: 0 };
}

/** The sum with the rent of the machine for the length of the call, which counts as output. */
export function withTime(
  sum: CostSum,
  secondPicoUsd: number,
  call: PriceableCall,
): CostSum | UnpricedReason {
  const milliseconds = (call.endEpochMs ?? Number.NaN) - call.startEpochMs;
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return 'missing_rate';
  const rent = Math.round((secondPicoUsd * milliseconds) / 1000);
  return {
    picoUsd: { ...sum.picoUsd, output: (sum.picoUsd.output ?? 0) + rent },
    totalPicoUsd: sum.totalPicoUsd + rent,
  };
}
