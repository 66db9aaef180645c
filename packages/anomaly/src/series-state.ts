import type { ScopeHistory, SeriesHistory } from './history.ts';
import { type MemoryPool, type Piece, takePiece } from './memory-pool.ts';
import { SUM_BYTES, SumState } from './sum-state.ts';
import type { SeriesLabels } from './usage-minute.ts';
import { createUsageRing, type UsageRing } from './usage-ring.ts';

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
  readonly cachedShare: SeriesHistory['cachedShare'] = { sum: 0, weight: 0, isCaching: false };
  readonly #usual: Piece;

  constructor(
    identity: Pick<SeriesHistory, 'key' | 'labels' | 'feature' | 'firstEpochMs'>,
    pool: MemoryPool,
  ) {
    this.key = identity.key;
    this.labels = identity.labels;
    this.feature = identity.feature;
    this.firstEpochMs = identity.firstEpochMs;
    this.ring = createUsageRing(pool);
    this.#usual = takePiece(pool, SUM_BYTES);
  }

  get usual(): SeriesHistory['usual'] {
    return new SumState(this.#usual);
  }
}
