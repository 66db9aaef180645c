import { COLD_CALLS, HOUR_WINDOW, historyHours, MATURE_HOURS } from './count-model.ts';
import { explainWindow } from './explain.ts';
import type { ScopeHistory } from './history.ts';
import { RING_HOURS, valueOfCode } from './hour-ring.ts';
import { type CountReading, readWindow } from './read-window.ts';
import type { Candidate } from './rule-state.ts';
import { scoreCount } from './spread.ts';
import { HOUR_MS, type HourOfWeek, renderSlot } from './time.ts';

/** From then on the level of what is above it has taken it in: that looks ten days back and ends a day ago. */
const TAKEN_IN_HOURS = 264;
const BORN_HOURS = 24;
const LONGEST_SUMMED = 1440;

/** True where a scope began when the one above it had been known for three weeks. */
function isBornUnder(scope: ScopeHistory, above: ScopeHistory): boolean {
  const { firstHour } = above.model;
  return firstHour >= 0 && scope.model.firstHour - firstHour >= MATURE_HOURS;
}

/** The scopes below that are so new that what is above does not count on them yet. */
function newbornsBelow(scope: ScopeHistory, above = scope): ScopeHistory[] {
  return scope.children.flatMap((child) => {
    const { model } = child;
    if (model.firstHour < 0) return [];
    if (!isBornUnder(child, above)) return newbornsBelow(child, above);
    return historyHours(model) < TAKEN_IN_HOURS ? [child] : [];
  });
}

/** What the windows of a scope say without the features that are new: their birth is no excess of those that were there. */
export function withoutNewborns(
  scope: ScopeHistory,
  readings: readonly CountReading[],
): readonly CountReading[] {
  const newborns = newbornsBelow(scope);
  if (newborns.length === 0) return readings;
  return readings.map((reading, window) => {
    let born = 0;
    for (const child of newborns) born += callsOf(child, window, reading.minutes);
    return born > 0 ? reduced(scope, reading, { window, born }) : reading;
  });
}

function callsOf({ model }: ScopeHistory, window: number, minutes: number): number {
  if (minutes <= LONGEST_SUMMED)
    return readWindow(model, window, Number.POSITIVE_INFINITY).observed;
  let sum = 0;
  const { hours, lastHour, firstHour } = model;
  for (let back = 0; back < minutes / 60 && lastHour - back >= firstHour; back += 1)
    sum += Math.max(0, valueOfCode(hours[(lastHour - back) % RING_HOURS] ?? 0));
  return sum;
}

function reduced(
  { model }: ScopeHistory,
  reading: CountReading,
  { window, born }: { readonly window: number; readonly born: number },
): CountReading {
  const observed = Math.max(0, reading.observed - born);
  const typical = reading.observed > 0 ? (reading.typical * observed) / reading.observed : 0;
  const { expected, worth, before } = reading;
  const ratio = expected > 0 ? observed / expected : reading.ratio;
  const score = scoreCount(model.spreads, window, { observed: typical, expected: worth, before });
  return { ...reading, observed, typical, ratio, score: Math.min(reading.score, score) };
}

/**
 * A new source of traffic: a scope in its first day under one that was known for three weeks when it began. Said as an `info`
 * while that day lasts, and never an alarm: nobody knows yet what is usual for it.
 */
export function birthOf(
  scope: ScopeHistory,
  time: { readonly epochMs: number; readonly hourOfWeek: HourOfWeek },
): Candidate | undefined {
  const { model, parent } = scope;
  const isNew = historyHours(model) > 0 && historyHours(model) <= BORN_HOURS;
  if (!isNew || model.total < COLD_CALLS || !hasKnownAbove(scope)) return undefined;
  const reading = readWindow(model, HOUR_WINDOW, Number.POSITIVE_INFINITY);
  const { explanation, after } = explainWindow({
    scope,
    epochMs: time.epochMs,
    minutes: reading.minutes,
    expectedCalls: 0,
  });
  const since = firstSeen(scope);
  const { key, labels } = scope.scope;
  return {
    scopeKey: key,
    parentKey: parent?.scope.key,
    finding: {
      rule: 'volume',
      severity: 'info',
      labels,
      epochMs: time.epochMs,
      quantity: 'calls',
      observed: reading.observed,
      expected: {
        low: 0,
        mid: 0,
        high: 0,
        basis: `new traffic source, first seen ${renderSlot(time.hourOfWeek(since))}`,
      },
      windowMinutes: reading.minutes,
      score: 0,
      ...explanation,
      cause: 'new_source',
      sinceEpochMs: since,
      evidenceCalls: after.calls,
    },
    excess: 0,
  };
}

function hasKnownAbove(scope: ScopeHistory): boolean {
  for (let above = scope.parent; above !== undefined; above = above.parent) {
    if (isBornUnder(scope, above)) return true;
  }
  return false;
}

function firstSeen({ series, model }: ScopeHistory): number {
  const firsts = series.map(({ firstEpochMs }) => firstEpochMs);
  return firsts.length > 0 ? Math.min(...firsts) : model.firstHour * HOUR_MS;
}
