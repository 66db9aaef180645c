import { DEFAULT_RULES, parseRuleSettings, type UsageMinute } from '@tokenmeter/anomaly';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AlarmTable, chooseLevels, settleLevels } from './choose-levels.ts';
import { injectUsage } from './inject-usage.ts';
import { parseAlarmBudget } from './parse-alarm-budget.ts';
import { gatesOf, isTunable, STRICTNESS, scaleRule } from './scale-rule.ts';

test.for([
  { text: '5/week', want: 5 },
  { text: '1/day', want: 7 },
  { text: '2 per week', want: 2 },
  { text: '0.5/week', want: 0.5 },
])('a budget of $text', ({ text, want }) => {
  expect(parseAlarmBudget(text)).toBeCloseTo(want, 9);
});

test.for(['5', 'week', '-1/week', '5/year', ''])('%j is no budget', (text) => {
  expect(() => parseAlarmBudget(text)).toThrow('--budget must be');
});

/** A table of rules that leave nothing to each other. */
function tableOf(alarms: readonly (readonly number[])[]): AlarmTable {
  return (levels) => {
    const own = levels.map((level, rule) => alarms[rule]?.[level]);
    return own.every((one) => one !== undefined) ? own : undefined;
  };
}

test.for([
  {
    note: 'everything fits',
    alarms: [
      [1, 0],
      [1, 0],
    ],
    budget: 5,
    want: [0, 0],
  },
  {
    note: 'the rule that saves most gives way',
    alarms: [
      [9, 1],
      [3, 2],
    ],
    budget: 5,
    want: [1, 0],
  },
  {
    note: 'a plateau is passed',
    alarms: [
      [4, 4, 0],
      [1, 1, 1],
    ],
    budget: 2,
    want: [2, 0],
  },
  { note: 'nothing is strict enough', alarms: [[9, 8]], budget: 1, want: [1] },
])('$note', ({ alarms, budget, want }) => {
  expect(chooseLevels(alarms.length, tableOf(alarms), budget)).toEqual(want);
});

// By level of the first rule, then of the second; what was not replayed is missing.
test.for([
  {
    note: 'what a stricter rule leaves to another one counts there',
    table: { '0,0': [9, 0], '1,0': [0, 8], '0,1': [9, 0], '1,1': [1, 1] },
    budget: 3,
    want: [1, 1],
  },
  {
    note: 'two rules become stricter together where one saves nothing',
    table: { '0,0': [5, 1], '1,0': [0, 7], '0,1': [6, 0], '1,1': [1, 2], '2,1': [0, 2] },
    budget: 2,
    want: [2, 1],
  },
])('$note', ({ table, budget, want }) => {
  const alarmsAt: AlarmTable = (levels) => new Map(Object.entries(table)).get(levels.join(','));
  expect(chooseLevels(2, alarmsAt, budget)).toEqual(want);
});

test.for([
  {
    note: 'a looser level that shows nothing is not chosen',
    alarms: [1, 1, 1, 1],
    sizes: [2, 2, 2, 2],
    from: 0,
    want: 2,
  },
  { note: 'one that finds more is', alarms: [1, 1, 1, 1], sizes: [2, 3, 3, 3], from: 0, want: 0 },
  {
    note: 'one that tells more often is',
    alarms: [2, 1, 1, 1],
    sizes: [2, 2, 2, 2],
    from: 0,
    want: 0,
  },
  {
    note: 'nothing is made stricter than shipped',
    alarms: [1, 1, 1, 1],
    sizes: [2, 2, 2, 2],
    from: 3,
    want: 3,
  },
])('$note', ({ alarms, sizes, from, want }) => {
  const levels = sizes.map((detectableSize, index) => ({
    strictness: STRICTNESS[index] ?? 1,
    detectableSize,
  }));
  expect(settleLevels([levels], [from], tableOf([alarms]))).toEqual([want]);
});

test('the chosen levels keep to the budget wherever that is possible', () => {
  const falling = fc
    .array(fc.nat(20), { minLength: 6, maxLength: 6 })
    .map((values) => values.sort((a, b) => b - a));
  fc.assert(
    fc.property(fc.array(falling, { minLength: 1, maxLength: 5 }), fc.nat(30), (alarms, budget) => {
      const levels = chooseLevels(alarms.length, tableOf(alarms), budget);
      const total = alarms.reduce((sum, one, index) => sum + (one[levels[index] ?? 0] ?? 0), 0);
      const least = alarms.reduce((sum, one) => sum + (one.at(-1) ?? 0), 0);
      expect(total <= budget || total === least).toBe(true);
    }),
  );
});

test.for(DEFAULT_RULES.filter(isTunable))(
  'gates of $name that are proposed can be read back',
  (rule) => {
    for (const strictness of STRICTNESS) {
      const scaled = scaleRule(rule, strictness);
      expect(parseRuleSettings({ [rule.name]: gatesOf(scaled) }).ok).toBe(true);
    }
    expect(scaleRule(rule, 1)).toEqual(rule);
  },
);

const row: UsageMinute = {
  minuteEpochMs: 0,
  labels: { service: 'shop', feature: 'chat', provider: 'openai', model: 'm' },
  calls: 10,
  costUsd: 2,
  inputTokens: 100,
  cacheReadTokens: 40,
  outputTokens: 50,
  unpricedCalls: 0,
  cacheHits: 6,
  cacheMisses: 4,
  errors: 0,
  retries: 0,
};

test.for([
  { kind: 'calls', size: 3, want: { calls: 30, costUsd: 6, inputTokens: 300, cacheHits: 18 } },
  { kind: 'cost', size: 2, want: { calls: 10, costUsd: 4, outputTokens: 100, inputTokens: 100 } },
  {
    kind: 'cache',
    size: 0.5,
    want: { calls: 10, cacheHits: 3, cacheMisses: 7, inputTokens: 120, cacheReadTokens: 20 },
  },
] as const)('$kind go wrong by $size', ({ kind, size, want }) => {
  const other = { ...row, labels: { ...row.labels, feature: 'search' } };
  const [changed, untouched] = injectUsage([row, other], row.labels, { kind, size });
  expect(changed).toMatchObject(want);
  expect(untouched).toEqual(other);
});
