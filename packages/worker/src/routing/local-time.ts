const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const formats = new Map<string, Intl.DateTimeFormat>();
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Day of the week, 1 Monday to 7 Sunday, and minutes since midnight in a time zone. */
export function localTime(
  epochMs: number,
  timeZone: string,
): { readonly day: number; readonly minute: number } {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(epochMs)
      .map(({ type, value }) => [type, value]),
  );
  return {
    day: WEEKDAYS.indexOf(parts.get('weekday') ?? '') + 1,
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}

/** The first instant at or after `epochMs` at which clocks show this minute of the day. */
export function nextLocalMinute(epochMs: number, minute: number, timeZone: string): number {
  const start = Math.floor(epochMs / MINUTE_MS) * MINUTE_MS;
  const waits = (minute - localTime(start, timeZone).minute + DAY_MINUTES) % DAY_MINUTES;
  const guess = start + waits * MINUTE_MS;
  // Clocks may have been put forward or back in between.
  const shown = localTime(guess, timeZone).minute;
  const off = ((minute - shown + DAY_MINUTES * 1.5) % DAY_MINUTES) - DAY_MINUTES / 2;
  return Math.max(epochMs, guess + off * MINUTE_MS);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(timeZone, format);
  return format;
}
