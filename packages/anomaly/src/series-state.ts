import { CACHED_SHARE_BYTES, CachedShareState } from './cached-share-state.ts';
import type { ScopeHistory, SeriesHistory } from './history.ts';
import { type MemoryPool, takePiece } from './memory-pool.ts';
import { SUM_BYTES, SumState } from './sum-state.ts';
import type { SeriesLabels } from './usage-minute.ts';
import { createUsageRing, type UsageRing } from './usage-ring.ts';

/** Bytes of a series beside its ring. */
const SERIES_BYTES = SUM_BYTES + CACHED_SHARE_BYTES;
/** Long ago. */
const NEVER = -1000;

/** What is kept of one series, with its numbers in pieces of memory. */
export class SeriesState implements SeriesHistory {
  readonly key: string;
  readonly labels: SeriesLabels;
  readonly feature: ScopeHistory;
  readonly firstEpochMs: number;
  readonly ring: UsageRing;
  lastBlock = -1;
  lastUnpricedBlock: number = NEVER;
  seenRow = 0;
  readonly #doubles: Float64Array<ArrayBuffer>;
  readonly #offset: number;

  constructor(
    identity: Pick<SeriesHistory, 'key' | 'labels' | 'feature' | 'firstEpochMs'>,
    pool: MemoryPool,
  ) {
    this.key = identity.key;
    this.labels = identity.labels;
    this.feature = identity.feature;
    this.firstEpochMs = identity.firstEpochMs;
    this.ring = createUsageRing(pool);
    const { doubles, offset } = takePiece(pool, SERIES_BYTES);
    this.#doubles = doubles;
    this.#offset = offset;
  }

  get usual(): SeriesHistory['usual'] {
    return new SumState({ doubles: this.#doubles, offset: this.#offset });
  }

  get cachedShare(): CachedShareState {
    return new CachedShareState({ doubles: this.#doubles, offset: this.#offset + SUM_BYTES });
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.#doubles.buffer, this.#offset, SERIES_BYTES);
  }
}
