import {
  alertRules,
  createNaming,
  DEFAULT_RULE_NUMBERS,
  type NamingStyle,
  recordingRules,
} from '@tokenmeter/dashboards';

/** The expression of one rule. */
export interface RuleExpression {
  readonly name: string;
  readonly kind: 'recording' | 'alert';
  readonly expr: string;
}

/** The expressions of all rules, with a budget. */
export function ruleQueries(style: NamingStyle): readonly RuleExpression[] {
  const naming = createNaming(style);
  const numbers = { ...DEFAULT_RULE_NUMBERS, monthlyBudgetUsd: 500 };
  const recorded = recordingRules(naming, numbers).flatMap(({ rules }) => rules);
  const alerts = alertRules(naming, numbers).flatMap(({ rules }) => rules);
  return [
    ...recorded.map(({ record: name, expr }) => ({ name, kind: 'recording' as const, expr })),
    ...alerts.map(({ alert: name, expr }) => ({ name, kind: 'alert' as const, expr })),
  ];
}
