import { COUNT_WINDOWS } from './count-model.ts';
import type { ScopeHistory } from './history.ts';
import { readWindow } from './read-window.ts';
import type { Candidate, RuleState } from './rule-state.ts';

/** Share of a parent's excess that a single child must have for the excess to sit in the child. */
const DOMINANT_SHARE = 0.6;

/**
 * Moves an excess that was seen first above down to the one child that has most of it, though the child alone would not pass
 * the gates yet. What is already told stays where it is.
 */
export function descend(
  candidates: readonly Candidate[],
  state: RuleState,
  find: {
    readonly scopeOf: (key: string) => ScopeHistory | undefined;
    readonly describe: (scope: ScopeHistory, from: Candidate) => Candidate | undefined;
  },
): Candidate[] {
  const known = new Map(candidates.map((one) => [one.scopeKey, one]));
  for (const candidate of candidates) {
    const scope = find.scopeOf(candidate.scopeKey);
    if (scope === undefined || state.active[candidate.scopeKey] !== undefined) continue;
    const child = dominantBelow(scope, candidate);
    if (child === undefined || known.has(child.scope.key)) continue;
    const moved = find.describe(child, candidate);
    if (moved !== undefined) known.set(child.scope.key, moved);
  }
  return [...known.values()];
}

/** The lowest scope that has most of the excess; undefined where it is spread. */
function dominantBelow(
  scope: ScopeHistory,
  { finding, excess }: Candidate,
): ScopeHistory | undefined {
  const { windowMinutes } = finding;
  const window = COUNT_WINDOWS.findIndex((minutes) => minutes >= windowMinutes);
  const needed = DOMINANT_SHARE * excess * windowMinutes;
  let found: ScopeHistory | undefined;
  let next: ScopeHistory | undefined = scope;
  while (next !== undefined && window >= 0) {
    next = next.children.find(({ model }) => {
      const { observed, expected } = readWindow(model, window, Number.POSITIVE_INFINITY);
      return observed - expected >= needed;
    });
    found = next ?? found;
  }
  return found;
}
