import { type CacheBaseline, createCacheBaseline } from './cache-baseline.ts';
import type { CostModel } from './cost-model.ts';
import { beginCosts, COST_BYTES, CostState } from './cost-state.ts';
import { beginCounts, COUNT_BYTES, CountState } from './count-state.ts';
import type { ScopeHistory, SeriesHistory } from './history.ts';
import { type MemoryPool, takePiece } from './memory-pool.ts';
import type { Scope } from './scope.ts';

/** Local days whose cost is kept: budgets look back over a month. */
export const KEPT_DAYS = 40;

const DAYS_AT = COUNT_BYTES + COST_BYTES;

/** Bytes of the models of a scope. */
export const SCOPE_BYTES: number = DAYS_AT + 4 * KEPT_DAYS;

/** Most features use no prompt cache. */
const NO_CACHE: CacheBaseline = Object.freeze(createCacheBaseline());

/** What is kept of one scope, with its models in one piece of memory. */
export class ScopeState implements ScopeHistory {
  readonly scope: Scope;
  readonly parent: ScopeHistory | undefined;
  readonly children: ScopeHistory[] = [];
  series: readonly SeriesHistory[] = [];
  #cache: CacheBaseline | undefined;
  prompts: Map<string, CostModel> | undefined;
  lastDay = -1;
  readonly part: ScopeHistory['part'] = {
    block: -1,
    calls: 0,
    costUsd: 0,
    pricedCalls: 0,
    hits: 0,
    misses: 0,
  };
  readonly stagger: number;
  readonly #buffer: ArrayBuffer;
  readonly #offset: number;

  constructor(scope: Scope, parent: ScopeHistory | undefined, pool: MemoryPool) {
    const { buffer, offset } = takePiece(pool, SCOPE_BYTES);
    // The parent has the same text.
    this.scope = { ...scope, parentKey: parent?.scope.key };
    this.parent = parent;
    this.stagger = staggerOf(scope.key);
    this.#buffer = buffer;
    this.#offset = offset;
    beginCounts(this.model);
    beginCosts(this.cost);
  }

  get model(): CountState {
    return new CountState(this.#buffer, this.#offset);
  }

  get cost(): CostState {
    return new CostState(this.#buffer, this.#offset + COUNT_BYTES);
  }

  get cache(): CacheBaseline {
    return this.#cache ?? NO_CACHE;
  }

  cacheToLearn(): CacheBaseline {
    this.#cache ??= createCacheBaseline();
    return this.#cache;
  }

  get days(): Float32Array {
    return new Float32Array(this.#buffer, this.#offset + DAYS_AT, KEPT_DAYS);
  }

  /** All of the models, as it lies in memory. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#buffer, this.#offset, SCOPE_BYTES);
  }
}

function staggerOf(key: string): number {
  let hash = 7;
  for (let index = 0; index < key.length; index += 1)
    hash = (hash * 31 + key.charCodeAt(index)) % 65_521;
  return hash % 24;
}
