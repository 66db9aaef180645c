const MINUTE_MS = 60_000;

/** Offset of a time zone from UTC at an instant, in milliseconds. */
function offsetMs(epochMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(epochMs);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - Math.floor(epochMs / 1000) * 1000;
}

const DAY_MS = 24 * 60 * MINUTE_MS;

/** Start of the calendar day in a time zone, in epoch milliseconds. Where midnight does not exist, the first instant after it. */
export function startOfDay(epochMs: number, timeZone: string): number {
  const local = epochMs + offsetMs(epochMs, timeZone);
  const midnight = Math.floor(local / DAY_MS) * DAY_MS;
  const guess = midnight - offsetMs(epochMs, timeZone);
  const start = midnight - offsetMs(guess, timeZone);
  return Math.min(start, epochMs);
}

/** Start and end of the calendar month in a time zone, in epoch milliseconds; the end is the start of the next. */
export function monthOf(
  epochMs: number,
  timeZone: string,
): { readonly fromEpochMs: number; readonly toEpochMs: number } {
  const local = new Date(epochMs + offsetMs(epochMs, timeZone));
  const startOf = (month: number): number => {
    const noon = Date.UTC(local.getUTCFullYear(), month, 1, 12);
    return startOfDay(noon - offsetMs(noon, timeZone), timeZone);
  };
  const month = local.getUTCMonth();
  return { fromEpochMs: startOf(month), toEpochMs: startOf(month + 1) };
}

/** Start of the clock hour in a time zone, in epoch milliseconds. */
export function startOfHour(epochMs: number, timeZone: string): number {
  const local = epochMs + offsetMs(epochMs, timeZone);
  const hourMs = 60 * MINUTE_MS;
  return Math.floor(local / hourMs) * hourMs - (local - epochMs);
}
