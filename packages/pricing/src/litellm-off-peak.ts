import { type FieldReader, isObject } from './price-fields.ts';
import type { TimeWindow } from './rate-card.ts';

const HOURS = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/;
const DAY_SECONDS = 86_400;

/**
 * Windows of LiteLLM's `off_peak_pricing`: `hours_utc: "16:30-00:30"` on every day, or `windows: [{ hours_utc: "…" or
 * ["…"], weekdays: [1, …, 7] }]` with Monday as 1. `00:00-00:00` is the whole day. Windows of another shape are left out,
 * so that the peak price holds.
 */
export function readOffPeakWindows(reader: FieldReader): readonly TimeWindow[] {
  const listed = reader.raw('windows');
  if (!Array.isArray(listed)) return readHours(reader.raw('hours_utc'), undefined);
  return listed.flatMap((window: unknown) =>
    isObject(window) ? readHours(window.hours_utc, readWeekdays(window.weekdays)) : [],
  );
}

function readHours(hours: unknown, weekdays: readonly number[] | undefined): readonly TimeWindow[] {
  const texts: readonly unknown[] = Array.isArray(hours) ? hours : [hours];
  return texts.flatMap((text) => {
    const match = typeof text === 'string' ? HOURS.exec(text) : null;
    if (match === null) return [];
    const fromSecond = Number(match[1]) * 3600 + Number(match[2]) * 60;
    const end = Number(match[3]) * 3600 + Number(match[4]) * 60;
    const toSecond = end === 0 ? DAY_SECONDS : end;
    return [{ fromSecond, toSecond, ...(weekdays === undefined ? {} : { weekdays }) }];
  });
}

function readWeekdays(days: unknown): readonly number[] | undefined {
  if (!Array.isArray(days)) return undefined;
  return days.filter((day) => Number.isInteger(day)).map((day) => Number(day) % 7);
}
