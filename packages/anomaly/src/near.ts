import { isApart } from './apart.ts';
import { HOUR_WINDOW, windowOfMinutes } from './count-model.ts';
import type { Finding } from './finding.ts';
import type { History, ScopeHistory } from './history.ts';
import { excessOf, readWindow } from './read-window.ts';
import { isToldBelow } from './rule-state.ts';
import { MINUTE_MS } from './time.ts';

/** Keys of scopes that a rule tells, with when each began. */
export type ToldScopes = ReadonlyMap<string, number>;

/** Key of the scope that a finding is about. */
export function scopeKeyOf({ labels }: Finding): string {
  if (labels.service === undefined) return 'total';
  const service = [labels.service, labels.environment ?? null];
  return JSON.stringify(labels.feature === undefined ? service : [...service, labels.feature]);
}

/**
 * True when the excess of a finding is told already: of its scope, of one above it that it contributes to, or of scopes below it
 * that have most of it.
 */
export function isNear(
  finding: Finding,
  told: ToldScopes,
  { history }: { readonly history: History },
): boolean {
  if (told.size === 0) return false;
  const own = history.scopes.get(scopeKeyOf(finding));
  if (own === undefined) return false;
  if (told.has(own.scope.key)) return true;
  for (let above = own.parent; above !== undefined; above = above.parent) {
    const aboveSinceEpochMs = told.get(above.scope.key);
    if (aboveSinceEpochMs === undefined) continue;
    if (!isApart(own, above, { finding, aboveSinceEpochMs })) return true;
  }
  return own.children.length > 0 && isOfThoseBelow(finding, own, told, history);
}

/** Below this ratio in its last hour, a scope is high only by what was before. */
const GOING_ON_RATIO = 1.4;

/** True for what long windows still hold of something above that was told until lately, by `ended`, and is no more. */
export function isRestOf(
  finding: Finding,
  ended: Readonly<Record<string, number>>,
  { history, told }: { readonly history: History; readonly told: ReadonlySet<string> },
): boolean {
  const own = history.scopes.get(scopeKeyOf(finding));
  if (own === undefined) return false;
  const { sinceEpochMs, epochMs, windowMinutes } = finding;
  const fromEpochMs = Math.max(sinceEpochMs, epochMs - windowMinutes * MINUTE_MS);
  for (let above = own.parent; above !== undefined; above = above.parent) {
    const { key } = above.scope;
    if (told.has(key) || fromEpochMs >= (ended[key] ?? 0)) continue;
    return readWindow(own.model, HOUR_WINDOW, Number.POSITIVE_INFINITY).ratio < GOING_ON_RATIO;
  }
  return false;
}

function isOfThoseBelow(
  { windowMinutes }: Finding,
  own: ScopeHistory,
  told: ToldScopes,
  { scopes }: History,
): boolean {
  const window = windowOfMinutes(windowMinutes);
  let below = 0;
  let count = 0;
  for (const key of told.keys()) {
    const scope = scopes.get(key);
    if (scope === undefined || !isBelow(scope, own)) continue;
    count += 1;
    below += excessOf(readWindow(scope.model, window, Number.POSITIVE_INFINITY));
  }
  if (count === 0) return false;
  const reading = readWindow(own.model, window, Number.POSITIVE_INFINITY);
  return isToldBelow({ excess: excessOf(reading), expected: reading.expected }, below);
}

function isBelow(scope: ScopeHistory, above: ScopeHistory): boolean {
  for (let one = scope.parent; one !== undefined; one = one.parent) if (one === above) return true;
  return false;
}
