import type { CoverageRule } from './coverage-rule.ts';
import type { LabelMatch, Rule } from './rules.ts';
import type { SeriesLabels } from './usage-minute.ts';

type AdjustableRule = Exclude<Rule, { readonly name: 'budget' }> | CoverageRule;

/** The rule with the overrides that match the labels; of several, later ones win. */
export function ruleFor<R extends AdjustableRule>(
  rule: R,
  labels: Readonly<Partial<SeriesLabels>>,
): R {
  const { overrides } = rule;
  if (overrides === undefined || overrides.length === 0) return rule;
  let own = rule;
  for (const { match, gates } of overrides) {
    if (isMatch(match, labels)) own = { ...own, ...gates };
  }
  return own;
}

/** True when the rule is switched off. */
export function isRuleOff(rule: AdjustableRule): boolean {
  return rule.isEnabled === false;
}

/** True when every given label matches; a label that is absent here matches nothing but `*`. */
function isMatch(match: LabelMatch, labels: Readonly<Partial<SeriesLabels>>): boolean {
  const values: Readonly<Record<string, string | undefined>> = { ...labels };
  return Object.entries(match).every(([name, pattern]) => isText(pattern, values[name] ?? ''));
}

function isText(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined || pattern === '*') return true;
  if (!pattern.includes('*')) return pattern === text;
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}
