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

const DAY_HOURS = 24;
const HOUR_MS = 3_600_000;
const DAY_MS = DAY_HOURS * HOUR_MS;

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
  const isHoliday =
    holidays === undefined ? undefined : await loadHolidays(holidays, localDay, hourOfWeek);
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
  hourOfWeek: HourOfWeek,
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
  const byYear = new Map<number, PublicHours>();
  return (epochMs) => {
    const day = localDay(epochMs);
    const year = new Date(day).getUTCFullYear();
    let known = byYear.get(year);
    if (known === undefined) {
      known = publicDays(rules, year);
      byYear.set(year, known);
    }
    if (own.has(day)) return true;
    const hours = known.get(day);
    const hour = hourOfWeek(epochMs) % DAY_HOURS;
    return hours !== undefined && hour >= hours.from && hour < hours.to;
  };
}

function isPlace(rules: Holidays, { country, state, region }: HolidaySettings): boolean {
  if (!Object.hasOwn(rules.getCountries() ?? {}, country)) return false;
  if (state === undefined) return region === undefined;
  if (!Object.hasOwn(rules.getStates(country) ?? {}, state)) return false;
  return region === undefined || Object.hasOwn(rules.getRegions(country, state) ?? {}, region);
}

/** Hours of local days that are public holidays, by midnight of the day in UTC; all of most, the afternoon of half days. */
type PublicHours = ReadonlyMap<number, { readonly from: number; readonly to: number }>;

/** Public holidays that begin in a year. Where two share a day, the longer counts. */
function publicDays(rules: Holidays, year: number): PublicHours {
  const days = new Map<number, { readonly from: number; readonly to: number }>();
  for (const { type, date, start, end } of rules.getHolidays(year)) {
    if (type !== 'public') continue;
    const first = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
    const begin = Number(date.slice(11, 13));
    const finish = begin + wholeDays((end.getTime() - start.getTime()) / HOUR_MS);
    for (let day = 0; day * DAY_HOURS < finish; day += 1) {
      const from = Math.max(0, begin - day * DAY_HOURS);
      const to = Math.min(DAY_HOURS, finish - day * DAY_HOURS);
      const known = days.get(first + day * DAY_MS);
      if (known === undefined || known.to - known.from < to - from) {
        days.set(first + day * DAY_MS, { from, to });
      }
    }
  }
  return days;
}

/** Days on which clocks change are an hour longer or shorter, and whole all the same. */
function wholeDays(hours: number): number {
  const days = Math.round(hours / DAY_HOURS) * DAY_HOURS;
  return Math.abs(hours - days) <= 1 ? Math.max(DAY_HOURS, days) : hours;
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
  let low = day - 15 * HOUR_MS;
  let high = day + 13 * HOUR_MS;
  while (high - low > HALF_HOUR_MS) {
    const middle = Math.floor((low + high) / 2 / HALF_HOUR_MS) * HALF_HOUR_MS;
    if (localDay(middle) >= day) high = middle;
    else low = middle;
  }
  return high;
}
