import type { HourOfWeek } from './time.ts';

const SUNDAY = 6 * 24;

/** The hours of a week in which every holiday is a Sunday: it is expected, and learned, like one. */
export function withHolidays(
  hourOfWeek: HourOfWeek,
  isHoliday: (epochMs: number) => boolean,
): HourOfWeek {
  return (epochMs) => {
    const slot = hourOfWeek(epochMs);
    return isHoliday(epochMs) ? SUNDAY + (slot % 24) : slot;
  };
}
