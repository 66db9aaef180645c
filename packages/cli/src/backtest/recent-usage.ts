import type { FindingLabels, UsageMinute } from '@tokenmeter/anomaly';
import type { ReplayedStep } from './replay.ts';

/** As long as the longest window of a rule and what lies before an alarm. */
const KEPT_MS = 72 * 3_600_000;

/** The rows of the last three days of a replay. */
export class RecentUsage {
  readonly #rows: UsageMinute[] = [];
  #fromEpochMs = Number.POSITIVE_INFINITY;

  /** From when on rows are kept. */
  get fromEpochMs(): number {
    return this.#fromEpochMs;
  }

  add({ fromEpochMs, toEpochMs, minutes }: ReplayedStep): void {
    this.#rows.push(...minutes);
    this.#fromEpochMs = Math.max(toEpochMs - KEPT_MS, Math.min(this.#fromEpochMs, fromEpochMs));
    const kept = this.#rows.findIndex(({ minuteEpochMs }) => minuteEpochMs >= this.#fromEpochMs);
    if (kept > 0) this.#rows.splice(0, kept);
  }

  /** What a service, a feature, or everything cost in [from, to), in USD. */
  usdBetween(labels: FindingLabels, fromEpochMs: number, toEpochMs: number): number {
    let usd = 0;
    for (let index = this.#rows.length - 1; index >= 0; index -= 1) {
      const row = this.#rows[index];
      if (row === undefined || row.minuteEpochMs < fromEpochMs) break;
      if (row.minuteEpochMs < toEpochMs && isOf(row, labels)) usd += row.costUsd;
    }
    return usd;
  }
}

function isOf({ labels: own }: UsageMinute, labels: FindingLabels): boolean {
  return (
    (labels.service === undefined || labels.service === own.service) &&
    (labels.environment === undefined || labels.environment === own.environment) &&
    (labels.feature === undefined || labels.feature === own.feature)
  );
}
