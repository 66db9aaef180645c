import type { FindingLabels, SeriesLabels } from '@tokenmeter/anomaly';
import type { ReplayedStep } from './replay.ts';

/** As long as the longest window of a rule and what lies before an alarm. */
const KEPT_MS = 72 * 3_600_000;

/** Spend of one feature by minute or step, the oldest first. */
interface Spend {
  readonly service: string;
  readonly environment: string | undefined;
  readonly feature: string;
  epochMs: number[];
  usd: number[];
}

/** What every feature cost in the last three days of a replay. */
export class RecentUsage {
  readonly #spends = new Map<string, Spend>();
  #fromEpochMs = Number.POSITIVE_INFINITY;

  /** From when on spend is kept. */
  get fromEpochMs(): number {
    return this.#fromEpochMs;
  }

  add({ fromEpochMs, toEpochMs, minutes }: ReplayedStep): void {
    this.#fromEpochMs = Math.max(toEpochMs - KEPT_MS, Math.min(this.#fromEpochMs, fromEpochMs));
    for (const { labels, minuteEpochMs, costUsd } of minutes) {
      if (costUsd === 0) continue;
      const spend = this.#spendOf(labels);
      spend.epochMs.push(minuteEpochMs);
      spend.usd.push(costUsd);
      this.#trim(spend);
    }
  }

  /** What a service, a feature, or everything cost in [from, to), in USD. */
  usdBetween(labels: FindingLabels, fromEpochMs: number, toEpochMs: number): number {
    let usd = 0;
    for (const spend of this.#spends.values()) {
      if (!isOf(spend, labels)) continue;
      for (let index = spend.epochMs.length - 1; index >= 0; index -= 1) {
        const at = spend.epochMs[index] ?? 0;
        if (at < fromEpochMs) break;
        if (at < toEpochMs) usd += spend.usd[index] ?? 0;
      }
    }
    return usd;
  }

  #spendOf({ service, environment, feature }: SeriesLabels): Spend {
    const key = JSON.stringify([service, environment, feature]);
    let spend = this.#spends.get(key);
    if (spend === undefined) {
      spend = { service, environment, feature, epochMs: [], usd: [] };
      this.#spends.set(key, spend);
    }
    return spend;
  }

  /** Forgets the past once it is half of what is held. */
  #trim(spend: Spend): void {
    const middle = spend.epochMs.length >> 1;
    if ((spend.epochMs[middle] ?? 0) >= this.#fromEpochMs || middle === 0) return;
    spend.epochMs = spend.epochMs.slice(middle);
    spend.usd = spend.usd.slice(middle);
  }
}

function isOf(own: Spend, labels: FindingLabels): boolean {
  return (
    (labels.service === undefined || labels.service === own.service) &&
    (labels.environment === undefined || labels.environment === own.environment) &&
    (labels.feature === undefined || labels.feature === own.feature)
  );
}
