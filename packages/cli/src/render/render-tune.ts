import { stringify } from 'yaml';
import type { TunedLevel, TuneResult } from '../tune/run-tune.ts';
import { gatesOf } from '../tune/scale-rule.ts';
import { renderTable } from './render-table.ts';

/** A result with the level that is proposed for each rule. */
export interface TuneProposal {
  readonly result: TuneResult;
  readonly levels: readonly number[];
  readonly budgetPerWeek: number;
}

const SIZE_WORDS: Readonly<Record<string, (size: number) => string>> = {
  volume: (size) => `${size} x calls for 2 h`,
  slow_burn: (size) => `${size} x calls for 12 h`,
  cost_per_request: (size) => `+${Math.round((size - 1) * 100)} % a call for 3 h`,
  cache_hit_rate: (size) => `${Math.round(size * 100)} % of hits lost for 3 h`,
};

/** Renders alarms and sizes at every strictness, the proposed one marked, and the rules to write down. */
export function renderTune(proposal: TuneProposal): string {
  const { result, levels, budgetPerWeek } = proposal;
  const rows = result.rules.flatMap((rule, index) =>
    rule.map((level, at) => rowOf(level, alarmsOf(proposal, index, at), at === levels[index])),
  );
  const table = renderTable(
    [
      { name: 'rule', isNumeric: false },
      { name: 'strictness', isNumeric: true },
      { name: 'alarms/week', isNumeric: true },
      { name: 'finds half of', isNumeric: false },
      { name: '', isNumeric: false },
    ],
    rows,
  );
  const total = levels.reduce((sum, level, index) => sum + alarmsOf(proposal, index, level), 0);
  const verdict =
    total <= budgetPerWeek
      ? `Proposed: ${total.toFixed(1)} alarms a week, within ${budgetPerWeek.toFixed(1)}.`
      : `Even the strictest gates give ${total.toFixed(1)} alarms a week, more than ${budgetPerWeek.toFixed(1)}: look at what fires with tokenmeter backtest.`;
  return `Alarms over ${result.weeks.toFixed(1)} weeks, after what the rules needed to learn.\n\n${table}\n${verdict} In tokenmeter.yaml:\n\n${renderProposedRules(proposal)}`;
}

/**
 * Alarms a week of a rule at a level, the others as proposed, or as near to that as was replayed: one may have to move with it.
 */
function alarmsOf({ result, levels }: TuneProposal, rule: number, level: number): number {
  const now = levels[rule] ?? 0;
  const near = levels.map((other) => Math.min(level + 1, Math.max(level - 1, other)));
  const own = level === now ? levels : near.with(rule, level);
  return result.alarmsAt(own)?.[rule] ?? 0;
}

function rowOf(level: TunedLevel, alarmsPerWeek: number, isProposed: boolean): readonly string[] {
  const { name } = level.rule;
  const words = SIZE_WORDS[name];
  const size = level.detectableSize;
  return [
    name,
    `${level.strictness}`,
    alarmsPerWeek.toFixed(1),
    words === undefined ? '' : size === undefined ? 'nothing that was tried' : words(size),
    isProposed ? '← proposed' : '',
  ];
}

/** The level that is proposed for each rule. */
function proposedOf({ result, levels }: TuneProposal): readonly TunedLevel[] {
  return result.rules.flatMap((rule, index) => rule[levels[index] ?? 0] ?? []);
}

/** Renders the proposed gates as the `rules` of a tokenmeter.yaml. */
export function renderProposedRules(proposal: TuneProposal): string {
  const rules = Object.fromEntries(
    proposedOf(proposal).map(({ rule }) => [rule.name, gatesOf(rule)]),
  );
  return stringify({ rules });
}

/** Renders one JSON line for each rule and strictness. */
export function renderTuneJson(proposal: TuneProposal): string {
  const { result, levels } = proposal;
  return result.rules
    .flatMap((rule, index) =>
      rule.map((level, at) => {
        const line = {
          rule: level.rule.name,
          strictness: level.strictness,
          alarms: Math.round(alarmsOf(proposal, index, at) * result.weeks),
          alarms_per_week: alarmsOf(proposal, index, at),
          detectable_size: level.detectableSize ?? null,
          proposed: at === levels[index],
          gates: gatesOf(level.rule),
        };
        return `${JSON.stringify(line)}\n`;
      }),
    )
    .join('');
}
