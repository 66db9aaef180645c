import { type CountVerdict, type Forecast, judgeCount } from './judge-count.ts';
import {
  addResidual,
  createResidualScale,
  decayScale,
  type ResidualScale,
  tailFactor,
  upperScale,
} from './residual-scale.ts';
import {
  fitLevel,
  fitProfile,
  type ProfileHour,
  type SeasonalProfile,
} from './seasonal-profile.ts';
import { createSlowBurn, learnBurnHour, type SlowBurn } from './slow-burn.ts';
import { HISTORY_HOURS, HOUR_MS, type HourOfWeek, hourOf, KEPT_HOURS } from './time.ts';

/** Lengths of trailing windows, in minutes, for which a baseline knows its own spread. */
export type WindowMinutes = 5 | 20 | 60;

/** How much a baseline may claim, by the length of its history. */
export type BaselineStage = 'cold' | 'young' | 'growing' | 'mature';

/** Count, sum and sum of squares of blocks, for the plain mean and deviation of a young series. */
interface Moments {
  n: number;
  sum: number;
  squares: number;
}

interface WindowSpread {
  readonly scale: ResidualScale;
  readonly plain: Moments;
  /** Taken from `scale` once an hour. */
  deviation: number;
  tail: number;
}

/** What is learned of one additive quantity of one series. Plain data; at most 768 hours and three histograms. */
export interface CountBaseline {
  /** Hour number of the first hour with a value; -1 before that. */
  firstHour: number;
  lastHour: number;
  /** Value per hour at index hour % 768; -1 is unknown. */
  values: number[];
  /** 1 where the hour is left out as part of an incident. */
  excluded: number[];
  /** Consecutive hours left out up to now. */
  excludedRun: number;
  total: number;
  profile: SeasonalProfile;
  fittedHour: number;
  level: number;
  burn: SlowBurn;
  windows: Record<WindowMinutes, WindowSpread>;
}

const UNKNOWN = -1;
const READMIT_HOURS = 24;
const LEVEL_HOURS = 72;
const MINIMUM_TOTAL = 50;
const SUSPECT_RATIO = 1.5;
const SUSPECT_SCORE: Readonly<Record<WindowMinutes, number>> = { 5: 4.5, 20: 3.8, 60: 3.2 };
const YOUNG_SUSPECT_SCORE = 5.5;

function createSpread(): WindowSpread {
  const scale = createResidualScale();
  const plain = { n: 0, sum: 0, squares: 0 };
  return { scale, plain, deviation: upperScale(scale), tail: 1 };
}

/** Creates a baseline that knows nothing. */
export function createCountBaseline(): CountBaseline {
  return {
    firstHour: -1,
    lastHour: -1,
    values: [],
    excluded: [],
    excludedRun: 0,
    total: 0,
    profile: { mean: 0, cap: 0, slots: [] },
    fittedHour: -1,
    level: 1,
    burn: createSlowBurn(),
    windows: { 5: createSpread(), 20: createSpread(), 60: createSpread() },
  };
}

/** Hours between the first hour with traffic and the last one learned. */
export function historyHours(baseline: CountBaseline): number {
  return baseline.firstHour < 0 ? 0 : baseline.lastHour - baseline.firstHour + 1;
}

/**
 * The cold-start ladder: nothing is claimed in the first day or below 50 calls (`cold`); the plain mean serves to a
 * week (`young`); the seasonal profile with a higher bar to three weeks (`growing`), and with its own after (`mature`).
 */
export function stageOf(baseline: CountBaseline, total: number): BaselineStage {
  const days = historyHours(baseline) / 24;
  if (days < 1 || total < MINIMUM_TOTAL) return 'cold';
  if (days < 7) return 'young';
  return days < 21 ? 'growing' : 'mature';
}

/** What to expect of a window around an instant; undefined in the first day. `unit` is the size of one count. */
export function forecastWindow(
  baseline: CountBaseline,
  window: { readonly minutes: WindowMinutes; readonly endEpochMs: number; readonly unit: number },
  hourOfWeek: HourOfWeek,
): Forecast | undefined {
  const hours = historyHours(baseline);
  if (hours < 24) return undefined;
  const { unit } = window;
  const { plain, deviation, tail } = baseline.windows[window.minutes];
  if (hours < 168) {
    if (plain.n < 12) return undefined;
    const mean = plain.sum / plain.n;
    const variance = Math.max(0, plain.squares / plain.n - mean ** 2);
    return { kind: 'plain', mid: mean, deviation: Math.sqrt(variance), tail: 1, unit };
  }
  const centre = window.endEpochMs - (window.minutes * 60_000) / 2;
  const mid = (baseline.level * expectedAt(baseline, centre, hourOfWeek) * window.minutes) / 60;
  return { kind: 'seasonal', mid, deviation, tail, unit };
}

/** The profile between the middles of neighbouring hours, so that it has no steps. */
function expectedAt(baseline: CountBaseline, epochMs: number, hourOfWeek: HourOfWeek): number {
  const { slots, mean } = baseline.profile;
  const position = epochMs / HOUR_MS - 0.5;
  const before = Math.floor(position);
  const share = position - before;
  const first = slots[hourOfWeek((before + 0.5) * HOUR_MS)] ?? mean;
  if (share === 0) return first;
  const second = slots[hourOfWeek((before + 1.5) * HOUR_MS)] ?? mean;
  return first + (second - first) * share;
}

/** Learns one complete block of 5, 20 or 60 minutes, after judging it by the forecast made before. */
export function learnBlock(
  baseline: CountBaseline,
  block: {
    readonly minutes: WindowMinutes;
    readonly endEpochMs: number;
    readonly value: number;
    readonly unit: number;
  },
  hourOfWeek: HourOfWeek,
): boolean {
  if (baseline.firstHour < 0) return false;
  const spread = baseline.windows[block.minutes];
  const forecast = forecastWindow(baseline, block, hourOfWeek);
  const verdict = forecast && judgeCount(block.value, forecast);
  const isSuspect =
    forecast !== undefined &&
    verdict !== undefined &&
    isSuspectBlock(block.minutes, forecast, verdict);
  if (forecast?.kind === 'seasonal' && verdict !== undefined) {
    const score = verdict.score * forecast.tail;
    const expected = forecast.mid / block.unit;
    const residual = Math.log((block.value / block.unit + 1) / (expected + 1));
    addResidual(spread.scale, { residual, score, expected, isSuspect });
  }
  if (!isSuspect && historyHours(baseline) < 168) {
    spread.plain.n += 1;
    spread.plain.sum += block.value;
    spread.plain.squares += block.value ** 2;
  }
  return isSuspect;
}

function isSuspectBlock(
  minutes: WindowMinutes,
  forecast: Forecast,
  verdict: CountVerdict,
): boolean {
  if (verdict.ratio < SUSPECT_RATIO) return false;
  const gate = forecast.kind === 'plain' ? YOUNG_SUSPECT_SCORE : SUSPECT_SCORE[minutes];
  return verdict.score >= gate;
}

/**
 * Learns one complete hour; `value` is undefined when it is unknown.
 *
 * An hour far above its forecast is left out of the fit, until 24 such hours in a row make it the new normal.
 */
export function learnHour(
  baseline: CountBaseline,
  hour: { readonly endEpochMs: number; readonly value: number | undefined; readonly unit: number },
  hourOfWeek: HourOfWeek,
): void {
  const number = hourOf(hour.endEpochMs - 1);
  if (baseline.firstHour < 0) {
    if (hour.value === undefined || hour.value <= 0) return;
    baseline.firstHour = number;
    baseline.values = new Array<number>(KEPT_HOURS).fill(UNKNOWN);
    baseline.excluded = new Array<number>(KEPT_HOURS).fill(0);
  }
  const window = { ...hour, minutes: 60 } as const;
  const forecast = forecastWindow(baseline, window, hourOfWeek);
  const { value } = hour;
  const isSuspect = value !== undefined && learnBlock(baseline, { ...window, value }, hourOfWeek);
  if (forecast !== undefined && value !== undefined) {
    baseline.burn = learnBurnHour(baseline.burn, { number, value, forecast, isSuspect });
  }
  baseline.lastHour = number;
  const index = number % KEPT_HOURS;
  baseline.values[index] = hour.value ?? UNKNOWN;
  baseline.excluded[index] = isSuspect ? 1 : 0;
  baseline.total += hour.value ?? 0;
  noteExclusion(baseline, number, isSuspect);
  refit(baseline, number, hourOfWeek);
}

function noteExclusion(baseline: CountBaseline, hour: number, isSuspect: boolean): void {
  baseline.excludedRun = isSuspect ? baseline.excludedRun + 1 : 0;
  if (baseline.excludedRun < READMIT_HOURS) return;
  for (let past = hour - READMIT_HOURS + 1; past <= hour; past += 1) {
    baseline.excluded[past % KEPT_HOURS] = 0;
  }
  baseline.excludedRun = 0;
}

function refit(baseline: CountBaseline, hour: number, hourOfWeek: HourOfWeek): void {
  const every = historyHours(baseline) < 168 ? 6 : 24;
  if (baseline.fittedHour < 0 || hour - baseline.fittedHour >= every) {
    const days = baseline.fittedHour < 0 ? 0 : Math.floor((hour - baseline.fittedHour) / 24);
    for (let day = 0; day < days; day += 1) {
      for (const spread of Object.values(baseline.windows)) decayScale(spread.scale);
    }
    baseline.profile = fitProfile(knownHours(baseline, HISTORY_HOURS, hourOfWeek));
    baseline.fittedHour = hour;
  }
  for (const spread of Object.values(baseline.windows)) {
    spread.deviation = upperScale(spread.scale);
    spread.tail = tailFactor(spread.scale);
  }
  baseline.level = fitLevel(knownHours(baseline, LEVEL_HOURS, hourOfWeek), baseline.profile);
}

function knownHours(baseline: CountBaseline, count: number, hourOfWeek: HourOfWeek): ProfileHour[] {
  const hours: ProfileHour[] = [];
  const oldest = Math.max(baseline.firstHour, baseline.lastHour - count + 1);
  for (let hour = oldest; hour <= baseline.lastHour; hour += 1) {
    const value = baseline.values[hour % KEPT_HOURS] ?? UNKNOWN;
    if (value < 0 || baseline.excluded[hour % KEPT_HOURS] === 1) continue;
    const slot = hourOfWeek((hour + 0.5) * HOUR_MS);
    hours.push({ value, slot, ageHours: baseline.lastHour - hour });
  }
  return hours;
}
