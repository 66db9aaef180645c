import { usageOfSeries } from './explain.ts';
import type { Finding } from './finding.ts';
import { BLOCK_MS, type ScopeHistory } from './history.ts';
import type { Candidate, RuleState } from './rule-state.ts';
import type { UnpricedRule } from './rules.ts';
import { FIELD, fieldIn, windowOf } from './usage-ring.ts';

const WINDOW_MINUTES = 60;

/** Models of one feature whose calls have no price: their cost is missing from every figure. */
export function judgeUnpriced(
  rule: UnpricedRule,
  state: RuleState,
  target: {
    readonly scope: ScopeHistory;
    readonly epochMs: number;
  },
): Candidate[] {
  const { scope, epochMs } = target;
  const block = Math.ceil(epochMs / BLOCK_MS) - 1;
  const window = windowOf(block, WINDOW_MINUTES);
  if (!scope.series.some((series) => block - series.lastUnpricedBlock < 12)) return [];
  const models = new Map<string, { calls: number; unpriced: number }>();
  for (const series of scope.series) {
    const usage = usageOfSeries(series, window);
    const known = models.get(series.labels.model) ?? { calls: 0, unpriced: 0 };
    known.calls += usage.calls;
    known.unpriced += usage.unpricedCalls;
    models.set(series.labels.model, known);
  }
  return [...models]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([model, { calls, unpriced }]) => {
      if (unpriced < rule.minCalls || unpriced < rule.minShare * calls) return [];
      const scopeKey = `${scope.scope.key} ${model}`;
      const finding: Finding = {
        rule: 'unpriced',
        severity: 'warning',
        labels: { ...scope.scope.labels, model },
        epochMs,
        quantity: 'share',
        observed: unpriced / calls,
        expected: { low: 0, mid: 0, high: 0, basis: 'every call should have a price' },
        windowMinutes: WINDOW_MINUTES,
        score: 0,
        usdPerHour: 0,
        sinceEpochMs:
          state.active[scopeKey]?.sinceEpochMs ?? firstUnpriced(scope, { model, block, epochMs }),
        decomposition: {},
        contributors: [],
        evidenceCalls: unpriced,
      };
      return [{ scopeKey, parentKey: scope.scope.key, finding, excess: 0 }];
    });
}

/** Start of the first block of the window in which a call of the model has no price. */
function firstUnpriced(
  { series }: ScopeHistory,
  {
    model,
    block,
    epochMs,
  }: { readonly model: string; readonly block: number; readonly epochMs: number },
): number {
  const own = series.filter(({ labels }) => labels.model === model);
  for (let at = block - WINDOW_MINUTES / 5 + 1; at <= block; at += 1) {
    const window = { block: at, blocks: 1, hours: 0 };
    if (own.some(({ ring }) => fieldIn(ring, window, FIELD.unpricedCalls) > 0))
      return at * BLOCK_MS;
  }
  return epochMs;
}
