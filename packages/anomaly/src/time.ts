/** One minute in milliseconds. */
export const MINUTE_MS = 60_000;
/** One hour in milliseconds. */
export const HOUR_MS = 3_600_000;
/** Half-life of what is learned, in days. */
export const HALF_LIFE_DAYS = 14;

/** Weeks that sums over so many days stand for, since what is older counts less. */
export function decayedWeeks(days: number): number {
  const decayed = (HALF_LIFE_DAYS / Math.LN2) * (1 - 2 ** (-days / HALF_LIFE_DAYS));
  return decayed / 7;
}

/**
 * Tells the hour of the week of an instant in the reader's time zone: 0 is Monday 00:00 to 00:59, 167 Sunday 23:00.
 *
 * The caller supplies it, because a pure package knows neither clocks nor zones.
 */
export type HourOfWeek = (epochMs: number) => number;

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Renders a slot for a person: `Friday 14:00`. */
export function renderSlot(slot: number): string {
  const day = DAYS[Math.floor(slot / 24) % 7] ?? 'Monday';
  return `${day} ${String(slot % 24).padStart(2, '0')}:00`;
}
