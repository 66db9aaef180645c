/** Codes of a number without a sign, in two bytes: a code more is so much more of its logarithm. */
const CODES_PER_E = 1139;
/** Below a billionth, of a call or of a USD, is nothing. */
const SMALLEST = 1e-9;
const LARGEST_CODE = 65_535;
const VALUES = Float64Array.from(
  { length: LARGEST_CODE + 1 },
  (_, code) => SMALLEST * Math.expm1(code / CODES_PER_E),
);

/** The code of a value from 0 to 9e15, right to 0.05 %; 0 is exact. */
export function logCodeOf(value: number): number {
  if (!(value > 0)) return 0;
  return Math.min(LARGEST_CODE, Math.round(CODES_PER_E * Math.log1p(value / SMALLEST)));
}

/** The value of a code. */
export function valueOfLogCode(code: number | undefined): number {
  return code === undefined ? 0 : (VALUES[code] ?? 0);
}
