import type { HourOfWeek } from '@tokenmeter/anomaly';
import { cachedByHalfHour } from './cached-by-half-hour.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * Creates a function that tells the hour of the week in an IANA time zone, daylight saving included.
 *
 * Answers are cached by half hour, which is exact for all present zones but those at 15 or 45 minutes, where the slot
 * changes up to 15 minutes early or late. Throws a RangeError for a zone that does not exist.
 */
export function createHourOfWeek(timeZone: string): HourOfWeek {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  return cachedByHalfHour((fromEpochMs) => slotOf(format.formatToParts(fromEpochMs)));
}

function slotOf(parts: readonly Intl.DateTimeFormatPart[]): number {
  let day = 0;
  let hour = 0;
  for (const part of parts) {
    if (part.type === 'weekday') day = Math.max(0, DAYS.indexOf(part.value));
    if (part.type === 'hour') hour = Number(part.value) % 24;
  }
  return day * 24 + hour;
}
