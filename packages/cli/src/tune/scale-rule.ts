import type { Rule } from '@tokenmeter/anomaly';

/** How much evidence a rule wants, relative to how it is configured: below 1 it tells more, above 1 less. */
export const STRICTNESS = [0.7, 0.85, 1, 1.25, 1.6, 2.2] as const;

/** Rules that have a gate of evidence. */
export type TunableRule = Exclude<Rule, { readonly name: 'budget' }>;

/** True for rules that `scaleRule` can change. */
export function isTunable(rule: Rule): rule is TunableRule {
  return rule.name !== 'budget';
}

/** The rule with its evidence gates multiplied; size gates and money floors stay as they are. */
export function scaleRule(rule: TunableRule, strictness: number): TunableRule {
  const scaled = (value: number): number => Number((value * strictness).toPrecision(3));
  const count = (value: number): number => Math.max(1, Math.round(value * strictness));
  switch (rule.name) {
    case 'volume':
      return { ...rule, scores: scaleAll(rule.scores, scaled) };
    case 'slow_burn':
      return { ...rule, scores: scaleAll(rule.scores, scaled) };
    case 'cost_per_request':
      return {
        ...rule,
        score: scaled(rule.score),
        chancePerWeek: Number((rule.chancePerWeek / strictness ** 4).toPrecision(3)),
      };
    case 'cache_hit_rate':
      return {
        ...rule,
        score: scaled(rule.score),
        warningEvidence: scaled(rule.warningEvidence),
        criticalEvidence: scaled(rule.criticalEvidence),
      };
    case 'model_drift':
      return { ...rule, evidence: scaled(rule.evidence), minCalls: count(rule.minCalls) };
    case 'unpriced':
      return { ...rule, minCalls: count(rule.minCalls) };
    default:
      return rule satisfies never;
  }
}

function scaleAll<T extends Readonly<Record<number, number>>>(
  scores: T,
  scale: (value: number) => number,
): T {
  const entries = Object.entries(scores).map(([window, score]) => [window, scale(score)] as const);
  return Object.assign({}, scores, Object.fromEntries(entries));
}

/** The gates that `scaleRule` changes, as they are written in a file of rules. */
export function gatesOf(rule: TunableRule): Readonly<Record<string, unknown>> {
  switch (rule.name) {
    case 'volume':
    case 'slow_burn':
      return { scores: rule.scores };
    case 'cost_per_request':
      return { score: rule.score, chancePerWeek: rule.chancePerWeek };
    case 'cache_hit_rate':
      return {
        score: rule.score,
        warningEvidence: rule.warningEvidence,
        criticalEvidence: rule.criticalEvidence,
      };
    case 'model_drift':
      return { evidence: rule.evidence, minCalls: rule.minCalls };
    case 'unpriced':
      return { minCalls: rule.minCalls };
    default:
      return rule satisfies never;
  }
}
