import { CommandError } from '../io.ts';

const WEEKS: Readonly<Record<string, number>> = { day: 1 / 7, week: 1, month: 365.25 / 12 / 7 };

/** Reads a budget of alarms such as `5/week` as alarms a week. Throws a `CommandError`. */
export function parseAlarmBudget(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(?:\/|per )\s*(day|week|month)$/.exec(text.trim());
  const weeks = WEEKS[match?.[2] ?? ''];
  if (match?.[1] !== undefined && weeks !== undefined) return Number(match[1]) / weeks;
  throw new CommandError(`--budget must be alarms per time such as 5/week, got ${text}`, {
    exitCode: 2,
  });
}
