import { createHash } from 'node:crypto';
import type { RepricedModel, RepriceReport } from './api.ts';
import type { Repriced, StoredCall } from './reprice-call.ts';

/** What a repricing is about. */
export interface RepriceScope {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  /** Version of the book. */
  readonly priceBook: string;
}

interface Tally {
  calls: number;
  changed: number;
  beforePicoUsd: bigint;
  afterPicoUsd: bigint;
  unpricedBefore: number;
  unpricedAfter: number;
}

/** Models told apart; ever new names must not grow memory. */
const MOST_MODELS = 5000;
const MODELS_SHOWN = 100;
const OTHER = 'other';

const newTally = (): Tally => ({
  calls: 0,
  changed: 0,
  beforePicoUsd: 0n,
  afterPicoUsd: 0n,
  unpricedBefore: 0,
  unpricedAfter: 0,
});

function addTo(sum: Tally, part: Tally): void {
  sum.calls += part.calls;
  sum.changed += part.changed;
  sum.beforePicoUsd += part.beforePicoUsd;
  sum.afterPicoUsd += part.afterPicoUsd;
  sum.unpricedBefore += part.unpricedBefore;
  sum.unpricedAfter += part.unpricedAfter;
}

function tallyOf(call: StoredCall, repriced: Repriced): Tally {
  const isUnpriced = call.costPicoUsd === undefined && call.unpricedReason !== '';
  const before = call.costPicoUsd ?? 0n;
  const cost = repriced.kind === 'changed' ? repriced.cost : undefined;
  const isUnpricedAfter = cost === undefined ? isUnpriced : cost.costPicoUsd === undefined;
  return {
    calls: 1,
    changed: cost === undefined ? 0 : 1,
    beforePicoUsd: before,
    afterPicoUsd: cost === undefined ? before : (cost.costPicoUsd ?? 0n),
    unpricedBefore: isUnpriced ? 1 : 0,
    unpricedAfter: isUnpricedAfter ? 1 : 0,
  };
}

function toModel(model: string, tally: Tally): RepricedModel {
  return {
    model,
    calls: tally.calls,
    changedCalls: tally.changed,
    before: { usd: Number(tally.beforePicoUsd) / 1e12, unpricedCalls: tally.unpricedBefore },
    after: { usd: Number(tally.afterPicoUsd) / 1e12, unpricedCalls: tally.unpricedAfter },
  };
}

function distance({ beforePicoUsd, afterPicoUsd }: Tally): bigint {
  return afterPicoUsd > beforePicoUsd ? afterPicoUsd - beforePicoUsd : beforePicoUsd - afterPicoUsd;
}

/** Models with the largest change first; those beyond the bound are one row. */
function listModels(byModel: ReadonlyMap<string, Tally>): RepricedModel[] {
  const sorted = [...byModel].sort(([nameA, a], [nameB, b]) => {
    const difference = distance(b) - distance(a);
    if (difference !== 0n) return difference > 0n ? 1 : -1;
    return b.calls - a.calls || (nameA < nameB ? -1 : 1);
  });
  const shown = sorted.slice(0, MODELS_SHOWN).map(([model, tally]) => toModel(model, tally));
  const rest = newTally();
  for (const [, tally] of sorted.slice(MODELS_SHOWN)) addTo(rest, tally);
  return rest.calls === 0 ? shown : [...shown, toModel(OTHER, rest)];
}

/** Adds calls up to the report of a repricing. */
export class RepriceTally {
  readonly #byModel = new Map<string, Tally>();
  readonly #kept = { reportedCost: 0, severalPasses: 0, notRecorded: 0 };

  /** Counts one call. */
  add(call: StoredCall, repriced: Repriced): void {
    if (repriced.kind === 'kept') this.#kept[repriced.reason] += 1;
    const model = call.responseModel || call.requestModel || 'unknown';
    const key = this.#byModel.has(model) || this.#byModel.size < MOST_MODELS ? model : OTHER;
    const tally = this.#byModel.get(key) ?? newTally();
    addTo(tally, tallyOf(call, repriced));
    this.#byModel.set(key, tally);
  }

  /** The report so far. Its token stands for every figure in it. */
  report(scope: RepriceScope, isApplied: boolean): RepriceReport {
    const sum = newTally();
    for (const tally of this.#byModel.values()) addTo(sum, tally);
    const { model: _, ...total } = toModel('', sum);
    const figures = { ...scope, ...total, kept: { ...this.#kept } };
    const exact = [sum.beforePicoUsd, sum.afterPicoUsd].map(String);
    const token = createHash('sha256')
      .update(JSON.stringify([figures, exact]))
      .digest('hex')
      .slice(0, 16);
    return { ...figures, models: listModels(this.#byModel), token, isApplied };
  }
}
