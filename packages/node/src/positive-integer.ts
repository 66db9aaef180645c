/** The positive integer that a text is; undefined when it is none. */
export function positiveInteger(text: string | undefined): number | undefined {
  const value = Number(text?.trim() || Number.NaN);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
