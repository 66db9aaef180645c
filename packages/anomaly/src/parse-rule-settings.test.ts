import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRuleSettings } from './parse-rule-settings.ts';
import { ruleFor } from './rule-for.ts';
import { DEFAULT_RULE_SETTINGS, rulesOf } from './rule-settings.ts';

test.for([
  { note: 'nothing is the default', value: undefined },
  { note: 'an empty object is the default', value: {} },
])('$note', ({ value }) => {
  const parsed = parseRuleSettings(value);
  expect(parsed.ok && parsed.settings.volume.scores).toEqual(DEFAULT_RULE_SETTINGS.volume.scores);
});

test('gates, overrides and budgets are read, in either spelling', () => {
  const parsed = parseRuleSettings({
    volume: { warning_ratio: 1.8, scores: { 5: 6 } },
    model_drift: { allowedModels: ['gpt-5'] },
    slow_burn: { enabled: false },
    overrides: [{ match: { service: 'shop', feature: 'chat*' }, volume: { criticalRatio: 4 } }],
    budgets: [{ limitUsd: 100, period: 'week', service: 'shop' }],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { volume, modelDrift, slowBurn, budgets } = parsed.settings;
  expect(volume.warningRatio).toBe(1.8);
  expect(volume.scores).toEqual({ ...DEFAULT_RULE_SETTINGS.volume.scores, 5: 6 });
  expect(modelDrift.allowedModels).toEqual(['gpt-5']);
  expect(slowBurn.isEnabled).toBe(false);
  expect(budgets).toEqual([
    {
      limitUsd: 100,
      period: 'week',
      labels: { service: 'shop' },
      infoShare: 0.5,
      warningShare: 0.8,
      fastBurn: 14.4,
      slowBurn: 6,
    },
  ]);
  expect(ruleFor(volume, { service: 'shop', feature: 'chat-eu' }).criticalRatio).toBe(4);
  expect(ruleFor(volume, { service: 'shop', feature: 'search' }).criticalRatio).toBe(2.5);
  const periodOf = () => ({ startEpochMs: 0, endEpochMs: 1 });
  expect(rulesOf(parsed.settings, { periodOf }).map(({ name }) => name)).toEqual([
    'volume',
    'cost_per_request',
    'cache_hit_rate',
    'model_drift',
    'unpriced',
    'slow_burn',
    'budget',
  ]);
});

test.for([
  { note: 'an unknown rule', value: { volumes: {} }, path: 'volumes' },
  { note: 'an unknown gate', value: { volume: { ratio: 2 } }, path: 'volume.ratio' },
  { note: 'a text', value: { volume: { warningRatio: '2' } }, path: 'volume.warningRatio' },
  {
    note: 'NaN',
    value: { volume: { warningRatio: Number.NaN } },
    path: 'volume.warningRatio',
  },
  {
    note: 'a share above 1',
    value: { cache_hit_rate: { warningRate: 60 } },
    path: 'cache_hit_rate.warningRate',
  },
  {
    note: 'a warning above the critical gate',
    value: { volume: { warningRatio: 3 } },
    path: 'volume.warningRatio',
  },
  {
    note: 'a critical rate above the warning one',
    value: { cache_hit_rate: { criticalRate: 0.7 } },
    path: 'cache_hit_rate.criticalRate',
  },
  {
    note: 'a window that does not exist',
    value: { volume: { scores: { 7: 3 } } },
    path: 'volume.scores.7',
  },
  {
    note: 'an override without labels',
    value: { overrides: [{ match: {}, volume: {} }] },
    path: 'overrides[0].match',
  },
  {
    note: 'an override for an unknown label',
    value: { overrides: [{ match: { user: 'x' }, volume: {} }] },
    path: 'overrides[0].match.user',
  },
  {
    note: 'an override for a label that rules do not judge by',
    value: { overrides: [{ match: { model: 'gpt-5' }, volume: {} }] },
    path: 'overrides[0].match.model',
  },
  {
    note: 'an override of coverage for a feature',
    value: { overrides: [{ match: { service: 'a', feature: 'b' }, coverage: {} }] },
    path: 'overrides[0].coverage',
  },
  {
    note: 'an override that contradicts the rule',
    value: { overrides: [{ match: { service: 'a' }, volume: { warningRatio: 9 } }] },
    path: 'overrides[0].volume.warningRatio',
  },
  {
    note: 'overrides that contradict each other',
    value: {
      overrides: [
        { match: { service: 'a' }, volume: { criticalRatio: 4 } },
        { match: { service: 'a' }, volume: { criticalRatio: 5 } },
      ],
    },
    path: 'overrides[1].volume.criticalRatio',
  },
  {
    note: 'a budget without a limit',
    value: { budgets: [{ period: 'day' }] },
    path: 'budgets[0].limitUsd',
  },
  {
    note: 'an unknown period',
    value: { budgets: [{ limitUsd: 1, period: 'year' }] },
    path: 'budgets[0].period',
  },
  {
    note: 'a second budget of the same and its period',
    value: {
      budgets: [
        { limitUsd: 1, period: 'day', service: 'a' },
        { limitUsd: 2, period: 'week', service: 'a' },
        { limitUsd: 3, period: 'day', service: 'a' },
      ],
    },
    path: 'budgets[2]',
  },
])('$note is a problem at $path', ({ value, path }) => {
  const parsed = parseRuleSettings(value);
  expect(parsed.ok ? [] : parsed.problems.map((one) => one.path)).toContain(path);
});

test('any JSON is settings or problems, and never an exception', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const parsed = parseRuleSettings(value);
      expect(parsed.ok || parsed.problems.length > 0).toBe(true);
    }),
  );
});
