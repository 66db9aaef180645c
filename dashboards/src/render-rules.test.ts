import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderRules } from './render-rules.ts';
import { DEFAULT_ALERT_LINKS } from './rules/render-prometheus.ts';
import { DEFAULT_RULE_NUMBERS } from './rules/rule-numbers.ts';

/** Keys of a group besides its rules, as each program's parser takes them; it refuses all others. */
test.for([
  ['prometheus', ['name', 'interval', 'query_offset', 'limit', 'labels', 'rules'], ['groups']],
  [
    'mimir',
    ['name', 'interval', 'query_offset', 'limit', 'labels', 'rules'],
    ['namespace', 'groups'],
  ],
  // VictoriaMetrics 1.150, app/vmalert/config/config.go.
  ['vmalert', ['name', 'interval', 'eval_delay', 'limit', 'labels', 'rules'], ['groups']],
] as const)('%s knows every key', ([target, known, top]) => {
  const numbers = { ...DEFAULT_RULE_NUMBERS, monthlyBudgetUsd: 100 };
  const text = renderRules({ target, style: 'underscores', numbers, links: DEFAULT_ALERT_LINKS });
  const file: { readonly groups: readonly object[] } = parse(text);
  expect(Object.keys(file)).toEqual(top);
  const keys = new Set(file.groups.flatMap((group) => Object.keys(group)));
  expect([...keys].filter((key) => !known.some((each) => each === key))).toEqual([]);
  expect([...keys].some((key) => key === known[2])).toBe(true);
});
