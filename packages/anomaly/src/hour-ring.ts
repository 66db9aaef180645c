/** Hours that a ring remembers: 28 days. */
export const RING_HOURS = 672;

/** Ratio of neighbouring codes: values are kept within 4 %. */
const LOG_STEP = Math.log(1.08);
const LARGEST_CODE = 255;
/** Multiples of it spread most evenly within 1. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const VALUES = Float64Array.from({ length: 256 }, (_, code) =>
  code < 2 ? 0 : Math.expm1((code - 1) * LOG_STEP),
);

/**
 * The byte for a value of an hour: 0 unknown, 1 nothing, then in steps of 8 % of value + 1. `fraction`, from 0 to 1, is that
 * from which on a step counts as one more: where it differs from hour to hour, what lies between two steps is right on
 * average, also of traffic that never varies.
 */
export function codeOf(value: number | undefined, fraction = 0.5): number {
  if (value === undefined) return 0;
  const steps = Math.log1p(Math.max(0, value)) / LOG_STEP;
  return Math.min(LARGEST_CODE, 1 + Math.floor(steps + 1 - fraction));
}

/** Fraction of an hour for `codeOf`: evenly spread over any hours in a row, and over those a week apart. */
export function fractionOf(hour: number): number {
  const turns = (hour + 0.5) * GOLDEN;
  return turns - Math.floor(turns);
}

/** The value of a byte; -1 where it is unknown. */
export function valueOfCode(code: number): number {
  return code === 0 ? -1 : (VALUES[code] ?? -1);
}

/** The byte of a value `factor` times as large. */
export function rescaledCode(code: number, factor: number): number {
  return code < 2 ? code : codeOf((VALUES[code] ?? 0) * factor);
}

/** True where the hour is marked as part of an incident. */
export function isMarked(marks: Uint8Array, hour: number): boolean {
  const index = hour % RING_HOURS;
  return (((marks[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
}

/** Marks an hour, or takes the mark away. */
export function mark(marks: Uint8Array, hour: number, isOn: boolean): void {
  const index = hour % RING_HOURS;
  const bit = 1 << (index & 7);
  const byte = marks[index >> 3] ?? 0;
  marks[index >> 3] = isOn ? byte | bit : byte & ~bit;
}
