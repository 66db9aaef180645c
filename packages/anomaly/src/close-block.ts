import { lenderOf } from './borrow-profile.ts';
import { decayCacheBaseline, learnCacheHour } from './cache-baseline.ts';
import { decayCostModel, learnCostBlock } from './cost-model.ts';
import { BLOCKS_PER_HOUR, type BlockTime, expectedCalls } from './count-model.ts';
import {
  BLOCK_MS,
  coverageOf,
  type History,
  type PlannedEvent,
  type ScopeHistory,
  type SeriesHistory,
  sortedScopes,
} from './history.ts';
import { learnCounts } from './learn-counts.ts';
import { closePromptVersions, decayPromptVersions } from './prompt-versions.ts';
import { KEPT_DAYS } from './scope-state.ts';
import { HALF_LIFE_DAYS, HOUR_MS, type HourOfWeek } from './time.ts';
import { addWindow, closeRingHour, hourOfRing, windowOf } from './usage-ring.ts';
import { addUsage, createUsageSum, scaleUsage } from './usage-sum.ts';

const SLOT_MASK = 1023;
const SLOTS_BACK = 700;
const DAILY_DECAY = 2 ** (-1 / HALF_LIFE_DAYS);
const PLANNED_FACTOR = 2;
/** No zone with daylight saving lies so many hours east of UTC: the number of a local day is unique. */
const DAY_OFFSET_HOURS = 6;

/** Slot of an hour number, from the ring that `fillSlots` keeps. */
export function slotIn(history: History): (hour: number) => number {
  const { ring } = history.slots;
  return (hour) => ring[hour & SLOT_MASK] ?? 0;
}

function fillSlots(history: History, hour: number, hourOfWeek: HourOfWeek): void {
  const { slots } = history;
  if (hour < slots.from || slots.to === 0 || hour > slots.to + SLOTS_BACK) {
    slots.from = hour - SLOTS_BACK;
    slots.to = slots.from;
  }
  for (; slots.to <= hour; slots.to += 1) {
    slots.ring[slots.to & SLOT_MASK] = hourOfWeek((slots.to + 0.5) * HOUR_MS);
  }
  slots.from = Math.max(slots.from, slots.to - 1000);
}

/** Where a block lies in the week; `coverage` and plans are filled in by the caller. */
export function blockTimeOf(history: History, block: number, hourOfWeek: HourOfWeek): BlockTime {
  const position = (block + 0.5) / BLOCKS_PER_HOUR - 0.5;
  const hour = Math.floor(position);
  fillSlots(history, hour + 1, hourOfWeek);
  const slotOf = slotIn(history);
  const from = block * BLOCK_MS;
  const isHourEnd = block % BLOCKS_PER_HOUR === BLOCKS_PER_HOUR - 1;
  return {
    block,
    slot: slotOf(hour),
    nextSlot: slotOf(hour + 1),
    nextShare: position - hour,
    coverage: coverageOf(history.gaps, from, from + BLOCK_MS),
    hourCoverage: isHourEnd
      ? coverageOf(history.gaps, from + BLOCK_MS - HOUR_MS, from + BLOCK_MS)
      : undefined,
    planned: 1,
  };
}

/** Closes a complete block of every scope, and the hour and the day that end with it. */
export function closeScopes(history: History, block: number, hourOfWeek: HourOfWeek): void {
  const time = blockTimeOf(history, block, hourOfWeek);
  const slotOf = slotIn(history);
  const hour = Math.floor(block / BLOCKS_PER_HOUR);
  // Half an hour of a zone such as India's may belong to another day than the rest of the hour.
  const day = localDay(hour, hourOfWeek(block * BLOCK_MS));
  const events = eventsAt(history.plannedEvents, block * BLOCK_MS);
  const isHourEnd = time.hourCoverage !== undefined;
  for (const scope of sortedScopes(history)) {
    const { part } = scope;
    const isFilled = part.block === block;
    const planned = events.length === 0 ? 1 : plannedFactor(events, scope);
    const refitHour = scope.stagger;
    const value = isFilled ? part.calls : 0;
    learnCounts(scope.model, planned === 1 ? time : { ...time, planned }, {
      value,
      slotOf,
      refitHour,
      lender: isHourEnd ? lenderOf(scope) : undefined,
    });
    if (!isFilled) continue;
    addToDay(scope, day, part.costUsd);
    if (scope.scope.level === 'feature') closeCosts(scope, block);
  }
  if (time.hourCoverage !== undefined) closeHour(history, hour);
}

function closeCosts(feature: ScopeHistory, block: number): void {
  const { cost, part } = feature;
  const isRebased = learnCostBlock(cost, block, part.pricedCalls, part.costUsd);
  if (isRebased) rebaseUsual(feature, block);
  closePromptVersions(feature, block);
}

/** The calls of the last day are the usual ones, with a quarter of the weight of those before: what they cost lasts. */
function rebaseUsual({ series, cost }: ScopeHistory, block: number): void {
  const lastDay = windowOf(block, 1440);
  const recent = series.map(({ ring }) => {
    const sum = createUsageSum();
    addWindow(sum, ring, lastDay);
    return sum;
  });
  const calls = recent.reduce((sum, one) => sum + one.calls, 0);
  if (!(calls > 0)) return;
  for (const [index, { usual }] of series.entries()) {
    const own = recent[index];
    scaleUsage(usual, 0);
    if (own !== undefined) addUsage(usual, own, cost.calls / calls);
  }
}

/** Number of the local day that holds an hour. */
function localDay(hour: number, slot: number): number {
  return Math.floor((hour - (slot % 24) + DAY_OFFSET_HOURS) / 24);
}

function addToDay(scope: ScopeHistory, day: number, costUsd: number): void {
  const { days } = scope;
  for (let next = Math.max(scope.lastDay + 1, day - KEPT_DAYS + 1); next <= day; next += 1) {
    days[next % KEPT_DAYS] = 0;
  }
  scope.lastDay = Math.max(scope.lastDay, day);
  days[day % KEPT_DAYS] = (days[day % KEPT_DAYS] ?? 0) + costUsd;
}

/** USD of the local days from the one that holds `fromEpochMs` on, up to now; 40 days are kept. */
export function spentSince(
  history: History,
  scope: ScopeHistory,
  fromEpochMs: number,
  hourOfWeek: HourOfWeek,
): number {
  const hour = Math.floor(fromEpochMs / HOUR_MS);
  const first = localDay(hour, hourOfWeek(fromEpochMs));
  let sum = 0;
  for (let back = 0; back < KEPT_DAYS && scope.lastDay - back >= Math.max(0, first); back += 1) {
    sum += scope.days[(scope.lastDay - back) % KEPT_DAYS] ?? 0;
  }
  const isOpen = (history.advancedToEpochMs ?? 0) % BLOCK_MS !== 0;
  return isOpen ? sum + scope.part.costUsd : sum;
}

/** USD of the local day that holds an instant at `slot` of the week; 0 where it is not kept. */
export function spentOn(
  { days, lastDay }: Pick<ScopeHistory, 'days' | 'lastDay'>,
  epochMs: number,
  slot: number,
): number {
  const day = localDay(Math.floor(epochMs / HOUR_MS), slot);
  return day > lastDay || day <= lastDay - KEPT_DAYS ? 0 : (days[day % KEPT_DAYS] ?? 0);
}

function eventsAt(events: readonly PlannedEvent[], epochMs: number): readonly PlannedEvent[] {
  return events.filter((event) => event.fromEpochMs <= epochMs && epochMs < event.toEpochMs);
}

function plannedFactor(events: readonly PlannedEvent[], { scope }: ScopeHistory): number {
  let factor = 1;
  for (const { labels = {}, factor: times = PLANNED_FACTOR } of events) {
    const isMeant =
      (labels.service === undefined || scope.labels.service === labels.service) &&
      (labels.environment === undefined || scope.labels.environment === labels.environment) &&
      (labels.feature === undefined || scope.labels.feature === labels.feature);
    if (isMeant && times > 0) factor = Math.max(factor, times);
  }
  return factor;
}

function closeHour(history: History, hour: number): void {
  for (const series of history.series.values()) {
    if (hour % 24 === series.feature.stagger) scaleUsage(series.usual, DAILY_DECAY);
    if (series.lastBlock >= hour * BLOCKS_PER_HOUR) closeSeriesHour(series, hour);
  }
  for (const scope of sortedScopes(history)) {
    if (scope.scope.level !== 'feature') continue;
    closeCacheHour(scope, hour);
    if (hour % 24 !== scope.stagger) continue;
    decayCostModel(scope.cost);
    decayPromptVersions(scope);
    if (scope.cache.firstHour >= 0) decayCacheBaseline(scope.cacheToLearn());
  }
}

function closeSeriesHour(series: SeriesHistory, hour: number): void {
  if (!closeRingHour(series.ring, hour)) return;
  const { model, cost } = series.feature;
  if (model.excessBlock < 0 && cost.excessBlock < 0)
    addUsage(series.usual, hourOfRing(series.ring, hour));
}

function closeCacheHour(scope: ScopeHistory, hour: number): void {
  const { part } = scope;
  if (part.hits + part.misses <= 0) return;
  learnCacheHour(scope.cacheToLearn(), { number: hour, hits: part.hits, misses: part.misses });
  part.hits = 0;
  part.misses = 0;
}

/** Tells every model what the block that is not yet complete has so far. */
export function setParts(history: History, toEpochMs: number, hourOfWeek: HourOfWeek): void {
  const block = Math.floor(toEpochMs / BLOCK_MS);
  const share = (toEpochMs - block * BLOCK_MS) / BLOCK_MS;
  if (share === 0) return;
  const time = blockTimeOf(history, block, hourOfWeek);
  const from = block * BLOCK_MS;
  const coverage = share * coverageOf(history.gaps, from, toEpochMs);
  for (const { model, part } of sortedScopes(history)) {
    if (model.fittedHour < 0) continue;
    model.partObserved = part.block === block ? part.calls : 0;
    model.partExpected = expectedCalls(model, { ...time, coverage });
  }
}
