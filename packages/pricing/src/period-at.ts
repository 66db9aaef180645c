import type { TimeWindow } from './rate-card.ts';
import type { ReadyPeriod } from './ready-row.ts';

const DAY_SECONDS = 86_400;

/** The period that prices a call which started at `epochMs`: the last one that holds it, or undefined. */
export function periodAt(
  periods: readonly ReadyPeriod[],
  epochMs: number,
): ReadyPeriod | undefined {
  for (let at = periods.length - 1; at >= 0; at -= 1) {
    const period = periods[at];
    if (period === undefined || epochMs < period.fromEpochMs || epochMs >= period.untilEpochMs) {
      continue;
    }
    if (period.window === undefined || isInside(period.window, epochMs)) return period;
  }
  return undefined;
}

function isInside(window: TimeWindow, epochMs: number): boolean {
  const seconds = Math.floor(epochMs / 1000);
  const day = Math.floor(seconds / DAY_SECONDS);
  const second = seconds - day * DAY_SECONDS;
  const wraps = window.toSecond < window.fromSecond;
  const isAfterStart = second >= window.fromSecond;
  const isBeforeEnd = second < window.toSecond;
  const isHour = wraps ? isAfterStart || isBeforeEnd : isAfterStart && isBeforeEnd;
  if (!isHour) return false;
  // After midnight a window that wraps still belongs to the day on which it began.
  const began = wraps && !isAfterStart ? day - 1 : day;
  if (window.exceptDays?.includes(began) === true) return false;
  // 1970-01-01 was a Thursday.
  return window.weekdays === undefined || window.weekdays.includes((((began + 4) % 7) + 7) % 7);
}
