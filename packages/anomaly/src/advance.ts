import { learnCacheRow } from './cache-baseline.ts';
import { closeScopes, setParts } from './close-block.ts';
import { addCostBlock } from './cost-model.ts';
import {
  BLOCK_MS,
  type History,
  type PlannedEvent,
  type ScopeHistory,
  type SeriesHistory,
  seriesOf,
} from './history.ts';
import { addPromptVersions } from './prompt-versions.ts';
import { HOUR_MS, type HourOfWeek, MINUTE_MS } from './time.ts';
import type { Gap, SeriesLabels, UsageMinute } from './usage-minute.ts';
import { addToBlock } from './usage-ring.ts';
import { createUsageSum, isValidMinute, sumMinute, type UsageSum } from './usage-sum.ts';

/** New minutes to learn, up to an instant before which they are complete. */
export interface AdvanceInput {
  /** Rows of one or of five minutes. One `labels` object per series, used again and again, makes it fast. */
  readonly minutes: readonly UsageMinute[];
  readonly gaps: readonly Gap[];
  readonly toEpochMs: number;
  /** All events that are known; absent keeps those of the previous call. */
  readonly plannedEvents?: readonly PlannedEvent[];
}

const KEPT_GAPS_MS = 25 * HOUR_MS;
/** So long a stretch without a single row, learned at once, is unknown and not zero: a clock jumped. */
const LONGEST_SILENCE_MS = 48 * HOUR_MS;

/**
 * Learns the minutes from where the history ends up to `toEpochMs`, in the order of time whatever their order here.
 *
 * A minute without a row is zero, unless a gap covers it. Invalid, late, early and repeated rows are left out and
 * counted in `refused`. Never throws; the history passed in is used up.
 */
export function advance(history: History, input: AdvanceInput, hourOfWeek: HourOfWeek): History {
  const to = Math.floor(input.toEpochMs / MINUTE_MS) * MINUTE_MS;
  if (!Number.isFinite(to)) return history;
  history.plannedEvents = input.plannedEvents ?? history.plannedEvents;
  const rows = sortRows(history, input.minutes, to);
  const from = history.advancedToEpochMs ?? rows[0]?.minuteEpochMs ?? to;
  if (from > to) return history;
  const isSilent = rows.length === 0 && to - from > LONGEST_SILENCE_MS;
  const silence = isSilent ? [{ fromEpochMs: from, toEpochMs: to }] : [];
  history.gaps = keepGaps([...history.gaps, ...input.gaps, ...silence], from);
  const start = isSilent ? Math.max(from, to - LONGEST_SILENCE_MS) : from;
  if (history.series.size > 0 || rows.length > 0)
    learnRange(history, rows, { from: start, to }, hourOfWeek);
  history.advancedToEpochMs = to;
  history.gaps = keepGaps(history.gaps, to);
  return history;
}

function learnRange(
  history: History,
  rows: readonly UsageMinute[],
  range: { readonly from: number; readonly to: number },
  hourOfWeek: HourOfWeek,
): void {
  let next = 0;
  for (let block = Math.floor(range.from / BLOCK_MS); block * BLOCK_MS < range.to; block += 1) {
    const end = (block + 1) * BLOCK_MS;
    for (let row = rows[next]; row !== undefined && row.minuteEpochMs < end; row = rows[next]) {
      addRow(history, row, block);
      next += 1;
    }
    if (end <= range.to) closeScopes(history, block, hourOfWeek);
  }
  setParts(history, range.to, hourOfWeek);
}

/** Rows that can be used, in the order of time; of rows for the same series and minute the one with more calls. */
function sortRows(history: History, minutes: readonly UsageMinute[], to: number): UsageMinute[] {
  const rows: UsageMinute[] = [];
  let isOrdered = true;
  let last = Number.NEGATIVE_INFINITY;
  for (const row of minutes) {
    const start = row.minuteEpochMs;
    if (!isValidMinute(row) || start % MINUTE_MS !== 0) history.refused.invalid += 1;
    else if (start < (history.advancedToEpochMs ?? start)) history.refused.late += 1;
    else if (start >= to) history.refused.early += 1;
    else {
      isOrdered &&= start >= last;
      last = start;
      knownSeries(history, row.labels, start);
      rows.push(row);
    }
  }
  if (!isOrdered) rows.sort((a, b) => a.minuteEpochMs - b.minuteEpochMs);
  return withoutRepeats(history, rows);
}

function knownSeries(history: History, labels: SeriesLabels, epochMs: number): SeriesHistory {
  const known = history.byLabels.get(labels);
  if (known !== undefined) return known;
  const series = seriesOf(history, labels, epochMs);
  history.byLabels.set(labels, series);
  return series;
}

/** Leaves repeats out, in place. */
function withoutRepeats(history: History, rows: UsageMinute[]): UsageMinute[] {
  let kept = 0;
  for (const row of rows) {
    const start = row.minuteEpochMs;
    const series = knownSeries(history, row.labels, start);
    const at = series.seenRow;
    const known = at < kept ? rows[at] : undefined;
    if (known?.minuteEpochMs === start && knownSeries(history, known.labels, start) === series) {
      history.refused.repeated += 1;
      if (known.calls < row.calls) rows[at] = row;
      continue;
    }
    series.seenRow = kept;
    rows[kept] = row;
    kept += 1;
  }
  rows.length = kept;
  return rows;
}

function keepGaps(gaps: readonly Gap[], from: number): Gap[] {
  if (gaps.length === 0) return [];
  const seen = new Set<string>();
  return gaps.filter((gap) => {
    if (!(gap.toEpochMs > from - KEPT_GAPS_MS) || !(gap.toEpochMs > gap.fromEpochMs)) return false;
    const key = `${gap.fromEpochMs}-${gap.toEpochMs}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The sums of the row that is being learned. */
const usage: UsageSum = createUsageSum();

function addRow(history: History, row: UsageMinute, block: number): void {
  const series = knownSeries(history, row.labels, row.minuteEpochMs);
  sumMinute(usage, row);
  learnCacheRow(series, usage, row.minuteEpochMs);
  addToBlock(series.ring, block, usage);
  if (usage.calls > 0) series.lastBlock = block;
  if (usage.unpricedCalls > 0) series.lastUnpricedBlock = block;
  const { feature } = series;
  addCostBlock(feature.cost, block, Math.max(0, usage.calls - usage.unpricedCalls), usage.costUsd);
  if (row.byPromptVersion !== undefined)
    addPromptVersions(feature, block, { usage: row.byPromptVersion, pool: history.pool });
  for (let scope: ScopeHistory | undefined = feature; scope !== undefined; scope = scope.parent) {
    addToPart(scope, block);
  }
}

function addToPart({ part }: ScopeHistory, block: number): void {
  if (part.block !== block) {
    part.block = block;
    part.calls = 0;
    part.costUsd = 0;
    part.pricedCalls = 0;
  }
  part.calls += usage.calls;
  part.costUsd += usage.costUsd;
  part.pricedCalls += Math.max(0, usage.calls - usage.unpricedCalls);
}
