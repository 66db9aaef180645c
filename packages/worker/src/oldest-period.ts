import type { Rule } from '@tokenmeter/anomaly';

/** Start of the budget period that began first of those that hold an instant; the instant itself without a budget. */
export function oldestPeriod(rules: readonly Rule[], epochMs: number): number {
  const starts = rules.map((rule) =>
    rule.name === 'budget' ? rule.periodOf(epochMs).startEpochMs : epochMs,
  );
  return Math.min(epochMs, ...starts);
}
