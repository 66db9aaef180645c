import { localTime, nextLocalMinute } from './local-time.ts';
import type { QuietHours } from './route.ts';

/** Windows can follow on each other, such as nights and weekends. */
const MOST_WINDOWS = 20;

/** When quiet hours that hold this instant end; undefined when none does. Windows that touch are one. */
export function quietUntil(hours: readonly QuietHours[], epochMs: number): number | undefined {
  let until: number | undefined;
  for (let round = 0; round < MOST_WINDOWS; round += 1) {
    const from: number = until ?? epochMs;
    const ends = hours.flatMap((window) => endOf(window, from) ?? []);
    if (ends.length === 0) break;
    until = Math.max(...ends);
  }
  return until;
}

function endOf(window: QuietHours, epochMs: number): number | undefined {
  const { days, fromMinute, toMinute, timeZone } = window;
  const { day, minute } = localTime(epochMs, timeZone);
  const dayBefore = day === 1 ? 7 : day - 1;
  const isOvernight = toMinute <= fromMinute;
  const began = minute >= fromMinute && days.includes(day) && (isOvernight || minute < toMinute);
  const lasts = isOvernight && minute < toMinute && days.includes(dayBefore);
  if (!began && !lasts) return undefined;
  const end = nextLocalMinute(epochMs, toMinute, timeZone);
  // Of a whole day, the end is a day away when it begins at this very minute.
  return end > epochMs ? end : nextLocalMinute(epochMs + 60_000, toMinute, timeZone);
}
