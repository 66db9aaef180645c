import { windowOfMinutes } from './count-model.ts';
import type { Finding } from './finding.ts';
import type { ScopeHistory } from './history.ts';
import { usageBetween } from './read-counts.ts';
import { readWindow } from './read-window.ts';
import { scoreCount } from './spread.ts';
import { MINUTE_MS } from './time.ts';

/** What begins within this time is the same event. */
const SAME_EVENT_MS = 45 * MINUTE_MS;
/** So many times as high as the rest of what is above it. */
const APART_RATIO = 1.5;
/** As sure of it as alarms are. */
const APART_SCORE = 4;
/** Up to this ratio to what is expected, or to the rest, calls are as usual. */
export const USUAL_RATIO = 1.25;

/**
 * True where a scope goes wrong by itself while something above it is told: it was like the rest of it when that began, and by
 * now it is far above the rest. Otherwise it contributes to what is told.
 */
export function isApart(
  scope: ScopeHistory,
  above: ScopeHistory,
  { finding, aboveSinceEpochMs }: { readonly finding: Finding; readonly aboveSinceEpochMs: number },
): boolean {
  const { sinceEpochMs, windowMinutes } = finding;
  if (sinceEpochMs - aboveSinceEpochMs < SAME_EVENT_MS) return false;
  const window = windowOfMinutes(windowMinutes);
  const own = readWindow(scope.model, window);
  const usual = usualBeside(own, readWindow(above.model, window, Number.POSITIVE_INFINITY));
  if (!(own.ratio >= APART_RATIO * usual)) return false;
  const sample = { observed: own.typical, expected: own.worth * usual, before: 0 };
  if (scoreCount(scope.model.spreads, window, sample) < APART_SCORE) return false;
  const before = usageBetween(scope.model, aboveSinceEpochMs, sinceEpochMs);
  const whole = usageBetween(above.model, aboveSinceEpochMs, sinceEpochMs);
  return before.observed < USUAL_RATIO * usualBeside(before, whole) * before.expected;
}

interface Calls {
  readonly observed: number;
  readonly expected: number;
}

/** What the rest of what is above is to the expected, where that is more. */
function usualBeside(own: Calls, whole: Calls): number {
  return Math.max(1, (whole.observed - own.observed) / (whole.expected - own.expected));
}
