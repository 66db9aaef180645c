/** Alarms a week of one rule at each level, from the one that tells most. */
export interface RuleAlarms {
  readonly rule: string;
  readonly alarmsPerWeek: readonly number[];
}

/**
 * Chooses for each rule the most telling level with which all of them together keep to a budget of alarms a week.
 *
 * Makes that rule stricter next which saves most alarms by one level; where none saves any, the one with most alarms. When
 * even the strictest exceed the budget, those are chosen.
 */
export function chooseLevels(
  rules: readonly RuleAlarms[],
  budgetPerWeek: number,
): readonly number[] {
  const levels = rules.map(() => 0);
  const at = (index: number): number => rules[index]?.alarmsPerWeek[levels[index] ?? 0] ?? 0;
  const total = (): number => levels.reduce((sum, _, index) => sum + at(index), 0);
  while (total() > budgetPerWeek) {
    const next = nextStricter(rules, levels);
    if (next === undefined) return levels;
    levels[next] = (levels[next] ?? 0) + 1;
  }
  return levels;
}

function nextStricter(rules: readonly RuleAlarms[], levels: readonly number[]): number | undefined {
  let best: { readonly index: number; readonly saves: number; readonly alarms: number } | undefined;
  rules.forEach(({ alarmsPerWeek }, index) => {
    const level = levels[index] ?? 0;
    const alarms = alarmsPerWeek[level] ?? 0;
    const stricter = alarmsPerWeek[level + 1];
    if (stricter === undefined) return;
    const saves = alarms - stricter;
    const isBetter =
      best === undefined || saves > best.saves || (saves === best.saves && alarms > best.alarms);
    if (isBetter) best = { index, saves, alarms };
  });
  return best?.index;
}

/** What one level of a rule does. */
interface LevelOutcome {
  readonly strictness: number;
  readonly alarmsPerWeek: number;
  readonly detectableSize: number | undefined;
}

/**
 * The strictest level up to the shipped one that tells as often as a chosen one and finds as much: what looser gates have not
 * shown to be worth is chance that this past happens not to hold.
 */
export function settleLevel(levels: readonly LevelOutcome[], chosen: number): number {
  const at = levels[chosen];
  let settled = chosen;
  for (let level = chosen + 1; level < levels.length; level += 1) {
    const next = levels[level];
    if (next === undefined || next.strictness > 1) break;
    if (next.alarmsPerWeek !== at?.alarmsPerWeek) break;
    if (next.detectableSize !== at.detectableSize) break;
    settled = level;
  }
  return settled;
}
