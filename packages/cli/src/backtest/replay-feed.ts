import type { CoverageMinute, Gap, UsageMinute } from '@tokenmeter/anomaly';
import type { MetricSource } from '@tokenmeter/worker';

/** Usage in the order of time, as a replay asks for it. */
export interface ReplayFeed {
  /** Start of the first bucket. */
  readonly fromEpochMs: number;
  /** End of the last one. */
  readonly toEpochMs: number;
  /** True where the source itself found its gaps: that data was missing is told, as it would have been. Declared gaps are not. */
  readonly isWatched?: boolean;
  /** Where the source itself knows who had what; else rows that name users are remembered. */
  readonly readUserContributors?: MetricSource['readUserContributors'];
  /** Rows that were not told yet and start before `toEpochMs`, with the gaps that touch them. */
  next(toEpochMs: number): Promise<{
    readonly minutes: readonly UsageMinute[];
    readonly gaps: readonly Gap[];
    /** At least of the last hour, where the source knows; absent otherwise. */
    readonly coverage?: readonly CoverageMinute[];
  }>;
}
