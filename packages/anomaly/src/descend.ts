import { USUAL_RATIO } from './apart.ts';
import { windowOfMinutes } from './count-model.ts';
import type { ScopeHistory } from './history.ts';
import { normalQuantile } from './normal-quantile.ts';
import { type CountReading, excessOf, readWindow } from './read-window.ts';
import { type Candidate, EXPLAINED_SHARE, manyOf, type RuleState } from './rule-state.ts';

/** What one of the few must show by itself: so much more than expected, as any of all would in one of ten cases by chance. */
const FEW_RATIO = 1.5;
const FEW_CHANCE = 0.1;

/**
 * Moves an excess that was seen first above down to the one child that has most of it, or to the few without which the rest is
 * as usual, though they alone would not pass the gates yet. What is already told stays where it is.
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
    for (const place of placesBelow(scope, candidate)) {
      const { key } = place.scope;
      if (known.has(key)) continue;
      const moved = find.describe(place, candidate);
      if (moved !== undefined) known.set(key, moved);
    }
  }
  return [...known.values()];
}

/** The lowest scopes that have the excess; none where it is spread. */
function placesBelow(scope: ScopeHistory, { finding, excess }: Candidate): ScopeHistory[] {
  const { windowMinutes } = finding;
  const window = windowOfMinutes(windowMinutes);
  if (window < 0) return [];
  const only = dominantBelow(scope, window, excess * windowMinutes);
  if (only !== undefined) return [only];
  return fewBelow(scope, window).map(
    ({ child, reading }) => dominantBelow(child, window, excessOf(reading)) ?? child,
  );
}

/** The lowest scope that has most of an excess by itself; undefined where none has. */
function dominantBelow(
  scope: ScopeHistory,
  window: number,
  excess: number,
): ScopeHistory | undefined {
  let found: ScopeHistory | undefined;
  let next: ScopeHistory | undefined = scope;
  while (next !== undefined) {
    next = next.children.find(({ model }) => {
      const reading = readWindow(model, window, Number.POSITIVE_INFINITY);
      return excessOf(reading) >= EXPLAINED_SHARE * excess;
    });
    found = next ?? found;
  }
  return found;
}

interface Part {
  readonly child: ScopeHistory;
  readonly reading: CountReading;
}

/** Those with the largest excess, until the rest is as usual; none where that would be many. */
function fewBelow(scope: ScopeHistory, window: number): Part[] {
  const above = readWindow(scope.model, window, Number.POSITIVE_INFINITY);
  const surest = normalQuantile(FEW_CHANCE / scope.children.length);
  const parts = scope.children
    .map((child) => ({ child, reading: readWindow(child.model, window, FEW_RATIO) }))
    .filter(({ reading }) => reading.ratio >= FEW_RATIO && reading.score >= surest)
    .sort((a, b) => excessOf(b.reading) - excessOf(a.reading));
  const few: Part[] = [];
  let { observed, expected } = above;
  for (const part of parts) {
    few.push(part);
    if (few.length >= manyOf(scope.children.length)) return [];
    observed -= part.reading.observed;
    expected -= part.reading.expected;
    const isExplained = excessOf({ observed, expected }) <= (1 - EXPLAINED_SHARE) * excessOf(above);
    if (isExplained && observed < USUAL_RATIO * expected) return few;
  }
  return [];
}
