import { CommandError } from './io.ts';

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** Reads a time such as `30m`, `4h` or `1d` as milliseconds. Throws a `CommandError` that names the option. */
export function readDuration(text: string, option: string): number {
  const [, count, unit] = /^(\d{1,6})\s*([smhd])$/.exec(text.trim()) ?? [];
  const ms = Number(count) * (UNIT_MS.get(unit ?? '') ?? Number.NaN);
  if (ms > 0) return ms;
  throw new CommandError(`${option} must be a time, got ${text}`, {
    hint: 'write a whole number with s, m, h or d, such as 30m or 4h',
    exitCode: 2,
  });
}
