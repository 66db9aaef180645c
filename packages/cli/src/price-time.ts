import { CommandError } from './io.ts';

const TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s?(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * Reads an ISO 8601 time as epoch milliseconds: `2026-03-01` (midnight UTC), `2026-03-01T12:00:00Z`, `…+01:00`. A time
 * without a zone is UTC, whatever this machine's zone is. Undefined for anything else, also for 30 February.
 */
export function parseTime(text: string): number | undefined {
  const match = TIME.exec(text.trim());
  const day = match?.[1];
  if (day === undefined) return undefined;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // The engine turns 30 February into 2 March.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) {
    return undefined;
  }
  const time = match?.[2];
  if (time === undefined) return midnight;
  const epochMs = Date.parse(`${day}T${time}${zoneOf(match?.[3])}`);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

/** `+0100` and `+01` are ISO too, but not what the engine reads. */
function zoneOf(zone: string | undefined): string {
  if (zone === undefined || zone === 'z') return 'Z';
  const match = /^([+-]\d{2}):?(\d{2})?$/.exec(zone);
  return match === null ? zone : `${match[1]}:${match[2] ?? '00'}`;
}

/** Reads the time of an option; undefined is now. Throws a `CommandError` that names the option. */
export function readTime(option: string, text: string | undefined): number {
  if (text === undefined) return Date.now();
  const epochMs = parseTime(text);
  if (epochMs !== undefined) return epochMs;
  throw new CommandError(`${option} must be a time such as 2026-03-01T12:00:00Z, got ${text}`, {
    exitCode: 2,
  });
}
