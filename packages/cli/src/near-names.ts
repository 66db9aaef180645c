import { distance } from 'fastest-levenshtein';

/** Those of the known names that someone may have meant: one within the other, or two letters apart. The likeliest first. */
export function nearNames(name: string, known: readonly string[]): readonly string[] {
  const asked = name.toLowerCase();
  if (asked.length < 3) return [];
  return known
    .map((each) => ({ each, changes: distance(asked, each) }))
    .filter(({ each, changes }) => changes <= 2 || each.includes(asked) || asked.includes(each))
    .sort((a, b) => a.changes - b.changes)
    .map(({ each }) => each);
}
