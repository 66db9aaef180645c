import type { Worker } from '@tokenmeter/worker';
import type { Overview } from './api.ts';
import { monthOf, startOfDay } from './calendar.ts';
import { usdBetween } from './read-overview.ts';
import type { SerialReader } from './serial-reader.ts';

/** Tells what everything will cost until an instant; undefined while nobody knows. */
export type Forecast = Worker['forecast'];

/** What the month depends on beside the ledger. */
export interface MonthOptions {
  readonly timeZone: string;
  readonly budgetUsd: number | undefined;
  readonly forecast: Forecast;
}

/** Reads the month that holds an instant. */
export type MonthReader = (nowEpochMs: number) => Promise<Overview['month']>;

/** Days that are over hardly change: they are summed up so often, and not with each event. */
const PAST_DAYS_MS = 60_000;

/** Creates a reader of the month's spend, its forecast and its budget. Days before today are up to a minute old. */
export function createMonthReader(
  reader: SerialReader,
  { timeZone, budgetUsd, forecast }: MonthOptions,
): MonthReader {
  let past = { from: 0, to: 0, readEpochMs: Number.NEGATIVE_INFINITY, usd: 0 };
  return async (nowEpochMs) => {
    const month = monthOf(nowEpochMs, timeZone);
    const from = month.fromEpochMs;
    const to = startOfDay(nowEpochMs, timeZone);
    const isOld = nowEpochMs - past.readEpochMs >= PAST_DAYS_MS;
    if (isOld || past.from !== from || past.to !== to) {
      past = { from, to, readEpochMs: nowEpochMs, usd: await usdBetween(reader, from, to) };
    }
    const usd = past.usd + (await usdBetween(reader, to, Number.MAX_SAFE_INTEGER / 1000));
    const rest = forecast(month.toEpochMs);
    // What was learned may end before what is known: the stretch between is spent already.
    const since = rest === undefined ? 0 : await usdBetween(reader, rest.fromEpochMs, nowEpochMs);
    const atEnd = (value: number): number => Math.max(usd, usd - since + value);
    return {
      usd,
      toEpochMs: month.toEpochMs,
      ...(rest !== undefined && {
        forecast: { low: atEnd(rest.low), mid: atEnd(rest.mid), high: atEnd(rest.high) },
      }),
      ...(budgetUsd !== undefined && { budgetUsd }),
    };
  };
}
