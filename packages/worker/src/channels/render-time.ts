const MINUTE_MS = 60_000;

/** Renders an instant in a time zone and in UTC; in UTC alone where that is the zone. */
export function renderTime(epochMs: number, timeZone: string): string {
  const utc = new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ');
  if (timeZone === 'UTC') return `${utc} UTC`;
  return `${localFormat(timeZone).format(epochMs)} ${timeZone} (${utc} UTC)`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs a millisecond, using one a microsecond. */
function localFormat(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: '2-digit',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(timeZone, format);
  return format;
}

/** Renders a length of time: `35 min`, `4 h 10 min`, `3 d 2 h`. At least a minute. */
export function renderDuration(ms: number): string {
  if (!Number.isFinite(ms)) return 'an unknown time';
  const minutes = Math.max(1, Math.round(ms / MINUTE_MS));
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return joined(hours, 'h', minutes % 60, 'min');
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
