/** How many letters must change to make one word of another; two swapped neighbours are two changes. */
function changesBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (let column = 1; column <= other.length; column += 1) {
      const swap = (row[column - 1] ?? 0) + (letter === other[column - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

/** Those of the known names that someone may have meant: one within the other, or two letters apart. The likeliest first. */
export function nearNames(name: string, known: readonly string[]): readonly string[] {
  const asked = name.toLowerCase();
  if (asked.length < 3) return [];
  return known
    .map((each) => ({ each, changes: changesBetween(asked, each) }))
    .filter(({ each, changes }) => changes <= 2 || each.includes(asked) || asked.includes(each))
    .sort((a, b) => a.changes - b.changes)
    .map(({ each }) => each);
}
