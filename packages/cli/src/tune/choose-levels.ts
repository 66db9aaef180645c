/**
 * Alarms a week of each rule where each has a given level, 0 for the one that tells most; undefined where that was not
 * replayed. What one rule tells another one leaves out, so that a rule alone has no number.
 */
export type AlarmTable = (levels: readonly number[]) => readonly number[] | undefined;

/**
 * Chooses the most telling levels with which all rules together keep to a budget of alarms a week.
 *
 * Makes the rule stricter next which saves most alarms by one level, or two where none does by itself; where nothing is
 * saved, the rule with most alarms. When even the strictest exceed the budget, those are chosen.
 */
export function chooseLevels(
  rules: number,
  alarmsAt: AlarmTable,
  budgetPerWeek: number,
): readonly number[] {
  let levels: readonly number[] = Array.from({ length: rules }, () => 0);
  while (totalOf(alarmsAt(levels)) > budgetPerWeek) {
    const next = nextStricter(levels, alarmsAt);
    if (next === undefined) return levels;
    levels = next;
  }
  return levels;
}

function totalOf(alarms: readonly number[] | undefined): number {
  return alarms === undefined
    ? Number.POSITIVE_INFINITY
    : alarms.reduce((sum, one) => sum + one, 0);
}

interface Move {
  readonly levels: readonly number[];
  readonly saves: number;
  /** Alarms of the rules that it makes stricter. */
  readonly alarms: number;
}

function nextStricter(
  levels: readonly number[],
  alarmsAt: AlarmTable,
): readonly number[] | undefined {
  const now = alarmsAt(levels) ?? [];
  const moveOf = (raised: readonly number[]): Move[] => {
    const next = levels.map((level, index) => level + Number(raised.includes(index)));
    const alarms = alarmsAt(next);
    if (alarms === undefined) return [];
    const own = raised.reduce((sum, index) => sum + (now[index] ?? 0), 0);
    return [{ levels: next, saves: totalOf(now) - totalOf(alarms), alarms: own }];
  };
  const singles = levels.flatMap((_, index) => moveOf([index]));
  const pairs = levels.flatMap((_, a) => levels.flatMap((__, b) => (a < b ? moveOf([a, b]) : [])));
  const saving = [singles, pairs].map(bestOf).find((move) => move !== undefined && move.saves > 0);
  return (saving ?? bestOf(singles) ?? bestOf(pairs))?.levels;
}

function bestOf(moves: readonly Move[]): Move | undefined {
  return moves.toSorted((a, b) => b.saves - a.saves || b.alarms - a.alarms)[0];
}

/** What settling asks of one level of a rule. */
interface LevelOutcome {
  readonly strictness: number;
  readonly detectableSize: number | undefined;
}

/**
 * Makes each rule as strict as it can be, up to its shipped level, while all tell as often as chosen and it finds as much:
 * what looser gates have not shown to be worth is chance that this past happens not to hold.
 */
export function settleLevels(
  rules: readonly (readonly LevelOutcome[])[],
  chosen: readonly number[],
  alarmsAt: AlarmTable,
): readonly number[] {
  const allowed = totalOf(alarmsAt(chosen));
  let settled = chosen;
  rules.forEach((outcomes, rule) => {
    const own = outcomes[chosen[rule] ?? 0];
    for (let level = (chosen[rule] ?? 0) + 1; level < outcomes.length; level += 1) {
      const next = outcomes[level];
      const levels = settled.with(rule, level);
      if (next === undefined || next.strictness > 1) break;
      if (next.detectableSize !== own?.detectableSize) break;
      if (totalOf(alarmsAt(levels)) !== allowed) break;
      settled = levels;
    }
  });
  return settled;
}
