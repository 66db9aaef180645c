import { CommandError } from '../io.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Reads `--step`: a whole part of an hour, in milliseconds. Undefined is a minute. Throws a `CommandError`. */
export function parseStep(text: string | undefined): number {
  const match = /^(\d{1,4})\s?(m|min|h)$/.exec(text?.trim() ?? '1m');
  const ms = Number(match?.[1]) * (match?.[2] === 'h' ? HOUR_MS : MINUTE_MS);
  if (ms >= MINUTE_MS && ms <= HOUR_MS && HOUR_MS % ms === 0) return ms;
  throw new CommandError(`--step must be a part of an hour such as 1m, 5m or 1h, got ${text}`, {
    exitCode: 2,
  });
}
