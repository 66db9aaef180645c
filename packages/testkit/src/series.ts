const TERM = /^(-?\d+(?:\.\d+)?|_)(?:([+-]\d+(?:\.\d+)?))?(?:x(\d+))?$/;

/** One value of a series; undefined is a hole (no sample), which is not zero. */
export type SeriesValue = number | undefined;

/**
 * Expands the short notation of rule tests into one value per step, usually a minute.
 *
 * Terms are separated by white space: `5` is one 5, `0x60` is sixty zeros, `10+2x3` is 10 12 14, `_x5` is five holes.
 * Throws on any other term, naming it.
 */
export function series(notation: string): readonly SeriesValue[] {
  const terms = notation.split(/\s+/).filter((term) => term !== '');
  return terms.flatMap(expandTerm);
}

function expandTerm(term: string): SeriesValue[] {
  const match = TERM.exec(term);
  const [, first, step, count] = match ?? [];
  if (first === undefined || (first === '_' && step !== undefined)) {
    throw new TypeError(`expected a term such as 5, 0x60, 10+2x3 or _x5, got ${term}`);
  }
  return Array.from({ length: count === undefined ? 1 : Number(count) }, (_, index) =>
    first === '_' ? undefined : Number(first) + index * Number(step ?? 0),
  );
}
