import { parseInstant } from './parse-instant.ts';
import type { FieldReader } from './price-fields.ts';
import type { TimeWindow } from './rate-card.ts';

const DAYS: readonly string[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Reads `hours_utc: { from: "01:00", to: "04:00", weekdays: ["mon"], except: ["2026-10-01"] }`. */
export function readWindow(entry: FieldReader): TimeWindow | undefined {
  const reader = entry.object('hours_utc');
  if (reader === undefined) return undefined;
  reader.allow(new Set(['from', 'to', 'weekdays', 'except']));
  const fromSecond = readTime(reader, 'from');
  const toSecond = readTime(reader, 'to');
  const weekdays = readWeekdays(reader);
  const exceptDays = readDays(reader);
  if (fromSecond === undefined || toSecond === undefined) return undefined;
  return {
    fromSecond,
    toSecond,
    ...(weekdays === undefined ? {} : { weekdays }),
    ...(exceptDays === undefined ? {} : { exceptDays }),
  };
}

function readTime(reader: FieldReader, key: string): number | undefined {
  const text = reader.text(key);
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text ?? '');
  if (match === null) return reader.refuse(key, 'expected a time such as 16:30');
  return Number(match[1]) * 3600 + Number(match[2]) * 60;
}

function readWeekdays(reader: FieldReader): readonly number[] | undefined {
  const names = reader.texts('weekdays');
  if (names === undefined) return undefined;
  const days = names.map((name) => DAYS.indexOf(name.slice(0, 3)));
  return days.includes(-1)
    ? reader.refuse('weekdays', `expected days such as ${DAYS.join(', ')}`)
    : days;
}

function readDays(reader: FieldReader): readonly number[] | undefined {
  const texts = reader.texts('except');
  if (texts === undefined) return undefined;
  const days = texts.map((text) => parseInstant(text));
  return days.some((day) => day?.isDay !== true)
    ? reader.refuse('except', 'expected days such as 2026-10-01')
    : days.map((day) => (day?.epochMs ?? 0) / 86_400_000);
}
