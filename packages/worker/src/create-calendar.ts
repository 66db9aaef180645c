import { type HourOfWeek, type PeriodOf, withHolidays } from '@tokenmeter/anomaly';
import type Holidays from 'date-holidays';
import { cachedByHalfHour, HALF_HOUR_MS } from './cached-by-half-hour.ts';
import { createHourOfWeek } from './hour-of-week.ts';

/** What rules know of the calendar: hours of the week, and periods of budgets, in one time zone. */
export interface Calendar {
  readonly timeZone: string;
  readonly hourOfWeek: HourOfWeek;
  readonly periodOf: PeriodOf;
}

/** Days that count as Sunday. */
export interface HolidaySettings {
  /** Two capital letters, as `date-holidays` names countries. */
  readonly country: string;
  readonly state?: string | undefined;
  readonly region?: string | undefined;
  /** Further days, as `YYYY-MM-DD`. */
  readonly days?: readonly string[] | undefined;
}

const DAY_MS = 86_400_000;

/**
 * Creates the calendar of a time zone. Public holidays are expected, and learned, like Sundays.
 *
 * Throws a RangeError for a zone, and a TypeError for a country, state or region, that does not exist.
 */
export async function createCalendar(options: {
  readonly timeZone: string;
  readonly holidays?: HolidaySettings | undefined;
}): Promise<Calendar> {
  const { timeZone, holidays } = options;
  const hourOfWeek = createHourOfWeek(timeZone);
  const localDay = createLocalDay(timeZone);
  const isHoliday = holidays === undefined ? undefined : await loadHolidays(holidays, localDay);
  return {
    timeZone,
    hourOfWeek: isHoliday === undefined ? hourOfWeek : withHolidays(hourOfWeek, isHoliday),
    periodOf: createPeriodOf(localDay),
  };
}

/** The local date of an instant as its midnight in UTC. */
type LocalDay = (epochMs: number) => number;

/** Cached by half hour, in which no zone of today changes its date but at its end. */
function createLocalDay(timeZone: string): LocalDay {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return cachedByHalfHour((fromEpochMs) => Date.parse(`${format.format(fromEpochMs)}T00:00:00Z`));
}

async function loadHolidays(
  settings: HolidaySettings,
  localDay: LocalDay,
): Promise<(epochMs: number) => boolean> {
  const { country, state, region, days = [] } = settings;
  const { default: Days } = await import('date-holidays');
  const rules = new Days();
  if (!isPlace(rules, settings)) {
    const place = [country, state, region].filter((name) => name !== undefined).join('-');
    throw new TypeError(`expected a country with holidays, got ${place}`);
  }
  rules.init(country, state ?? '', region ?? '');
  const own = new Set(days.map((day) => Date.parse(`${day}T00:00:00Z`)));
  const byYear = new Map<number, ReadonlySet<number>>();
  return (epochMs) => {
    const day = localDay(epochMs);
    const year = new Date(day).getUTCFullYear();
    let known = byYear.get(year);
    if (known === undefined) {
      known = publicDays(rules, year);
      byYear.set(year, known);
    }
    return known.has(day) || own.has(day);
  };
}

function isPlace(rules: Holidays, { country, state, region }: HolidaySettings): boolean {
  if (!Object.hasOwn(rules.getCountries() ?? {}, country)) return false;
  if (state === undefined) return region === undefined;
  if (!Object.hasOwn(rules.getStates(country) ?? {}, state)) return false;
  return region === undefined || Object.hasOwn(rules.getRegions(country, state) ?? {}, region);
}

/** Public holidays that begin in a year, each of their days as its midnight in UTC. */
function publicDays(rules: Holidays, year: number): ReadonlySet<number> {
  const days = new Set<number>();
  for (const { type, date, start, end } of rules.getHolidays(year)) {
    if (type !== 'public') continue;
    const first = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
    const count = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS));
    for (let day = 0; day < count; day += 1) days.add(first + day * DAY_MS);
  }
  return days;
}

function createPeriodOf(localDay: LocalDay): PeriodOf {
  return (period, epochMs) => {
    const day = localDay(epochMs);
    const date = new Date(day);
    const year = date.getUTCFullYear();
    const month = date.getUTCMonth();
    if (period === 'month') {
      return between(Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1), localDay);
    }
    if (period === 'day') return between(day, day + DAY_MS, localDay);
    const monday = day - ((date.getUTCDay() + 6) % 7) * DAY_MS;
    return between(monday, monday + 7 * DAY_MS, localDay);
  };
}

function between(
  firstDay: number,
  endDay: number,
  localDay: LocalDay,
): { readonly startEpochMs: number; readonly endEpochMs: number } {
  return { startEpochMs: startOf(firstDay, localDay), endEpochMs: startOf(endDay, localDay) };
}

/** The first half hour of a local day. Zones are at most 14 hours ahead of UTC and 12 behind. */
function startOf(day: number, localDay: LocalDay): number {
  let low = day - 15 * 3_600_000;
  let high = day + 13 * 3_600_000;
  while (high - low > HALF_HOUR_MS) {
    const middle = Math.floor((low + high) / 2 / HALF_HOUR_MS) * HALF_HOUR_MS;
    if (localDay(middle) >= day) high = middle;
    else low = middle;
  }
  return high;
}
