const NOTHING = '—';
const LOCALE = 'en-GB';

const numberFormats = new Map<string, Intl.NumberFormat>();
const timeFormats = new Map<string, Intl.DateTimeFormat>();

function usdFormat(digits: number): Intl.NumberFormat {
  const key = `usd ${digits}`;
  const known = numberFormats.get(key);
  if (known) return known;
  const created = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  numberFormats.set(key, created);
  return created;
}

function timeFormat(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${timeZone} ${Object.keys(options).join()}`;
  const known = timeFormats.get(key);
  if (known) return known;
  const created = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone, hourCycle: 'h23' });
  timeFormats.set(key, created);
  return created;
}

/** Digits after the point that keep three figures of an amount of USD: 2 from one dollar up, at most 6. */
function usdDigits(usd: number): number {
  const size = Math.abs(usd);
  if (size === 0 || size >= 1) return 2;
  if (size >= 0.1) return 3;
  if (size >= 0.01) return 4;
  if (size >= 0.001) return 5;
  return 6;
}

function renderUsd(usd: number, digits: number): string {
  if (!Number.isFinite(usd)) return NOTHING;
  const smallest = 10 ** -digits;
  if (usd > 0 && usd < smallest / 2) return `<${usdFormat(digits).format(smallest)}`;
  return usdFormat(digits).format(usd).replace('-', '−');
}

/** Renders an amount of USD with 2 to 6 digits by its size; an amount too small to show is `<$0.000001`, never $0. */
export function formatUsd(usd: number): string {
  return renderUsd(usd, usdDigits(usd));
}

/** Renders a column of USD with the same digits in every row, chosen by the largest or the smallest amount in it. */
export function createUsdColumn(
  values: readonly number[],
  by: 'largest' | 'smallest',
): (usd: number) => string {
  const sizes = values.filter((usd) => Number.isFinite(usd) && usd !== 0).map(Math.abs);
  const chosen = by === 'largest' ? Math.max(0, ...sizes) : Math.min(...sizes, Infinity);
  const digits = Number.isFinite(chosen) ? usdDigits(chosen) : 2;
  return (usd) => renderUsd(usd, digits);
}

/** Renders the marks of a money axis: two digits, or as many as the step between two marks needs. */
export function createUsdAxis(stepUsd: number): (usd: number) => string {
  const needed = stepUsd > 0 ? Math.ceil(-Math.log10(stepUsd) - 1e-9) : 0;
  const digits = Math.min(8, Math.max(2, needed));
  return (usd) => (usd === 0 ? '0' : usdFormat(digits).format(usd));
}

/** Renders a count with thousands separators: `12,408`. */
export function formatCount(count: number): string {
  return Number.isFinite(count) ? Math.round(count).toLocaleString('en-US') : NOTHING;
}

/** Renders a large count in three figures: `940`, `12.4k`, `3.05M`. */
export function formatTokens(count: number): string {
  if (!Number.isFinite(count)) return NOTHING;
  if (count < 1000) return formatCount(count);
  const steps = [
    ['k', 1e3],
    ['M', 1e6],
    ['B', 1e9],
  ] as const;
  // 999.5 of a unit would print as 1000, so the next unit starts there.
  const step = steps.findLast(([, size]) => count >= size * 0.9995) ?? steps[0];
  const value = count / step[1];
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)}${step[0]}`;
}

/** Renders a share from 0 to 1; 100 % and 0 % are written only when they are exact. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return NOTHING;
  if (share > 0 && share < 0.001) return '<0.1 %';
  if (share < 1 && share > 0.999) return '>99.9 %';
  return `${(share * 100).toFixed(share === 0 || share === 1 ? 0 : 1)} %`;
}

/** How a figure stands to an earlier one; undefined when the earlier one is zero or unknown. */
export interface Change {
  readonly direction: 'up' | 'down' | 'level';
  readonly text: string;
}

/** Compares two figures in words: `34 %` up, `×12` from ten times on, `level` within half a percent. */
export function describeChange(now: number, before: number | undefined): Change | undefined {
  if (before === undefined || !(before > 0) || !Number.isFinite(now)) return undefined;
  const ratio = now / before;
  if (Math.abs(ratio - 1) < 0.005) return { direction: 'level', text: 'level' };
  const direction = ratio > 1 ? 'up' : 'down';
  if (ratio >= 10) return { direction, text: `×${formatCount(ratio)}` };
  return { direction, text: `${Math.max(1, Math.round(Math.abs(ratio - 1) * 100))} %` };
}

/** Gives the time zone itself if the browser knows it, else UTC. */
export function knownTimeZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat(LOCALE, { timeZone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

/** Renders a time of day: `14:05`, or `14:05:09` with seconds. */
export function formatClock(
  epochMs: number,
  timeZone: string,
  { seconds = false }: { readonly seconds?: boolean } = {},
): string {
  const options = { hour: '2-digit', minute: '2-digit' } as const;
  const withSeconds = { ...options, second: '2-digit' } as const;
  return timeFormat(timeZone, seconds ? withSeconds : options).format(epochMs);
}

/** Renders a day: `21 Nov`. */
export function formatDay(epochMs: number, timeZone: string): string {
  return timeFormat(timeZone, { day: 'numeric', month: 'short' }).format(epochMs);
}

/** Renders a weekday: `Saturday`. */
export function formatWeekday(epochMs: number, timeZone: string): string {
  return timeFormat(timeZone, { weekday: 'long' }).format(epochMs);
}

/** Renders an instant as briefly as the distance allows: `14:05` on the same day, else `21 Nov, 14:05`. */
export function formatInstant(epochMs: number, nowEpochMs: number, timeZone: string): string {
  const day = formatDay(epochMs, timeZone);
  const clock = formatClock(epochMs, timeZone);
  return day === formatDay(nowEpochMs, timeZone) ? clock : `${day}, ${clock}`;
}

/** Renders a length of time in its largest unit or two: `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}
