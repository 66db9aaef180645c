import { blockTimeOf, slotIn } from './close-block.ts';
import type { History, ScopeHistory } from './history.ts';
import { acceptLevel } from './learn-counts.ts';
import type { HourOfWeek } from './time.ts';
import type { SeriesLabels } from './usage-minute.ts';

/**
 * Makes the present level of a scope the usual one at once, as a person who says "expected" means it.
 *
 * `labels` are those of the finding: none for the total. Returns false when nothing is unusual there.
 */
export function acceptExcess(
  history: History,
  labels: Readonly<Partial<SeriesLabels>>,
  hourOfWeek: HourOfWeek,
): boolean {
  let isFound = false;
  for (const scope of history.scopes.values()) {
    if (!isScope(scope, labels) || scope.model.excessBlock < 0) continue;
    blockTimeOf(history, scope.model.lastBlock, hourOfWeek);
    acceptLevel(scope.model, slotIn(history));
    isFound = true;
  }
  return isFound;
}

function isScope({ scope }: ScopeHistory, labels: Readonly<Partial<SeriesLabels>>): boolean {
  return (
    scope.labels.service === labels.service &&
    scope.labels.environment === labels.environment &&
    scope.labels.feature === labels.feature
  );
}
