import { expect, test } from 'vitest';
import { advance } from './advance.ts';
import { evaluateRules } from './evaluate-rules.ts';
import { createHistory } from './history.ts';
import { INITIAL_RULE_STATE } from './rule-state.ts';
import type { BudgetRule } from './rules.ts';
import { step } from './step.ts';
import { stepIncidents } from './step-incidents.ts';
import { DAY, learned, MINUTE, MONDAY_MS, usageRow, utcHourOfWeek } from './traffic.test-kit.ts';

const CHAT = { service: 'shop', feature: 'chat', provider: 'openai', model: 'gpt-5' };
/** USD of the day: 1 and 2 for chat in prod and staging, 4 for search in prod, 8 for another service. */
const ROWS = [
  { labels: { ...CHAT, environment: 'prod' }, usd: 1 },
  { labels: { ...CHAT, environment: 'staging' }, usd: 2 },
  { labels: { ...CHAT, environment: 'prod', feature: 'search' }, usd: 4 },
  { labels: { ...CHAT, service: 'support' }, usd: 8 },
].map(({ labels, usd }) =>
  usageRow(labels, MONDAY_MS + 60 * MINUTE, { calls: 10, usdPerCall: usd / 10 }),
);

function budget(labels: BudgetRule['labels']): BudgetRule {
  return {
    name: 'budget',
    labels,
    limitUsd: 0.5,
    period: 'day',
    periodOf: () => ({ startEpochMs: MONDAY_MS, endEpochMs: MONDAY_MS + DAY }),
    infoShare: 0.5,
    warningShare: 0.8,
  };
}

test.for([
  { note: 'everything', labels: {}, want: 15 },
  { note: 'a service in all of its environments', labels: { service: 'shop' }, want: 7 },
  { note: 'a service in one', labels: { service: 'shop', environment: 'prod' }, want: 5 },
  { note: 'an environment', labels: { environment: 'prod' }, want: 5 },
  { note: 'a feature wherever it is', labels: { feature: 'chat' }, want: 11 },
  { note: 'a feature of a service', labels: { service: 'shop', feature: 'chat' }, want: 3 },
  { note: 'a service without an environment', labels: { service: 'support' }, want: 8 },
])('a budget counts $note', ({ labels, want }) => {
  const epochMs = MONDAY_MS + 120 * MINUTE;
  const history = learned(ROWS, epochMs);
  const { findings } = step(budget(labels), INITIAL_RULE_STATE, {
    history,
    epochMs,
    hourOfWeek: utcHourOfWeek,
  });
  expect(
    findings.map(({ severity, labels: own, observed }) => ({ severity, own, observed })),
  ).toEqual([{ severity: 'critical', own: { ...labels, period: 'day' }, observed: want }]);
});

test('a budget of what does not exist says nothing', () => {
  const epochMs = MONDAY_MS + 120 * MINUTE;
  const history = learned(ROWS, epochMs);
  const input = { history, epochMs, hourOfWeek: utcHourOfWeek };
  expect(step(budget({ service: 'none' }), INITIAL_RULE_STATE, input).findings).toEqual([]);
});

test('budgets of a day and of a month of the same are told each by itself', () => {
  const epochMs = MONDAY_MS + 120 * MINUTE;
  const history = learned(ROWS, epochMs);
  const month: BudgetRule = { ...budget({}), period: 'month', limitUsd: 16 };
  const { findings } = evaluateRules(
    [month, budget({})],
    {},
    { history, epochMs, hourOfWeek: utcHourOfWeek },
  );
  const { transitions } = stepIncidents({}, { epochMs, findings, unknownRules: new Set() });
  expect(
    transitions.map(({ incident: { severity, finding } }) => [finding.labels.period, severity]),
  ).toEqual([
    ['day', 'critical'],
    ['month', 'warning'],
  ]);
});

test('a budget names who spends it', () => {
  const epochMs = MONDAY_MS + 120 * MINUTE;
  const history = learned(ROWS, epochMs);
  const input = { history, epochMs, hourOfWeek: utcHourOfWeek };
  // Of 15 USD chat has 1 + 2 + 8 and search 4, support 8 and shop 7.
  expect(step(budget({}), INITIAL_RULE_STATE, input).findings[0]?.contributors).toEqual([
    { dimension: 'feature', name: 'chat', share: 11 / 15 },
    { dimension: 'service', name: 'support', share: 8 / 15 },
    { dimension: 'service', name: 'shop', share: 7 / 15 },
    { dimension: 'feature', name: 'search', share: 4 / 15 },
  ]);
});

test('a day that begins on the half hour, as in India, has what was spent since then', () => {
  const indianHour = (epochMs: number): number => utcHourOfWeek(epochMs + 330 * MINUTE);
  // 18:30 UTC is midnight: 1 USD ten minutes before it, 2 ten minutes after.
  const midnight = MONDAY_MS + (18 * 60 + 30) * MINUTE;
  const rows = [
    usageRow(CHAT, midnight - 10 * MINUTE, { calls: 10, usdPerCall: 0.1 }),
    usageRow(CHAT, midnight + 10 * MINUTE, { calls: 10, usdPerCall: 0.2 }),
  ];
  const epochMs = midnight + 60 * MINUTE;
  const history = advance(
    createHistory(),
    { minutes: rows, gaps: [], toEpochMs: epochMs },
    indianHour,
  );
  const rule: BudgetRule = {
    ...budget({}),
    periodOf: () => ({ startEpochMs: midnight, endEpochMs: midnight + DAY }),
  };
  const { findings } = step(rule, INITIAL_RULE_STATE, { history, epochMs, hourOfWeek: indianHour });
  expect(findings.map(({ observed }) => observed)).toEqual([2]);
});
