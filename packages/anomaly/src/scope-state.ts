import { type CacheBaseline, createCacheBaseline } from './cache-baseline.ts';
import type { CostModel } from './cost-model.ts';
import { beginCosts, COST_BYTES, CostState } from './cost-state.ts';
import { beginCounts, COUNT_BYTES, CountState } from './count-state.ts';
import type { ScopeHistory, SeriesHistory } from './history.ts';
import { type MemoryPool, takePiece } from './memory-pool.ts';
import { PART_BYTES, PartState } from './part-state.ts';
import type { Scope } from './scope.ts';

/** Local days whose cost is kept: budgets look back over a month. */
export const KEPT_DAYS = 40;

const DAYS_AT = COUNT_BYTES + COST_BYTES;
const PART_AT = DAYS_AT + 4 * KEPT_DAYS;

/** Bytes of the models of a scope. */
export const SCOPE_BYTES: number = PART_AT + PART_BYTES;

/** Most features use no prompt cache. */
const NO_CACHE: CacheBaseline = Object.freeze(createCacheBaseline());

const NOTHING: readonly never[] = [];

/** What is kept of one scope, with its models in one piece of memory. */
export class ScopeState implements ScopeHistory {
  readonly scope: Scope;
  readonly parent: ScopeHistory | undefined;
  children: readonly ScopeHistory[] = NOTHING;
  series: readonly SeriesHistory[] = NOTHING;
  #cache: CacheBaseline | undefined;
  prompts: Map<string, CostModel> | undefined;
  lastDay = -1;
  readonly stagger: number;
  readonly #doubles: Float64Array<ArrayBuffer>;
  readonly #offset: number;

  constructor(scope: Scope, parent: ScopeHistory | undefined, pool: MemoryPool) {
    const { doubles, offset } = takePiece(pool, SCOPE_BYTES);
    // The parent has the same text.
    this.scope = { ...scope, parentKey: parent?.scope.key };
    this.parent = parent;
    this.stagger = staggerOf(scope.key);
    this.#doubles = doubles;
    this.#offset = offset;
    beginCounts(this.model);
    beginCosts(this.cost);
    this.part.block = -1;
  }

  get model(): CountState {
    return new CountState({ doubles: this.#doubles, offset: this.#offset });
  }

  get cost(): CostState {
    return new CostState({ doubles: this.#doubles, offset: this.#offset + COUNT_BYTES });
  }

  get cache(): CacheBaseline {
    return this.#cache ?? NO_CACHE;
  }

  cacheToLearn(): CacheBaseline {
    this.#cache ??= createCacheBaseline();
    return this.#cache;
  }

  get days(): Float32Array {
    return new Float32Array(this.#doubles.buffer, this.#offset + DAYS_AT, KEPT_DAYS);
  }

  get part(): PartState {
    return new PartState({ doubles: this.#doubles, offset: this.#offset + PART_AT });
  }

  /** All of the models, as it lies in memory. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#doubles.buffer, this.#offset, SCOPE_BYTES);
  }
}

function staggerOf(key: string): number {
  let hash = 7;
  for (let index = 0; index < key.length; index += 1)
    hash = (hash * 31 + key.charCodeAt(index)) % 65_521;
  return hash % 24;
}
