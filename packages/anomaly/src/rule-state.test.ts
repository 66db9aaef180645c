import { expect, test } from 'vitest';
import type { Finding } from './finding.ts';
import { type Candidate, chooseLevel, INITIAL_RULE_STATE } from './rule-state.ts';

const FINDING: Finding = {
  rule: 'volume',
  severity: 'warning',
  labels: {},
  epochMs: 0,
  quantity: 'calls',
  observed: 30,
  expected: { low: 5, mid: 10, high: 15, basis: 'usual' },
  usdPerHour: 1,
  decomposition: {},
  contributors: [],
  sinceEpochMs: 0,
  windowMinutes: 60,
  score: 5,
  evidenceCalls: 30,
};

function candidate(scopeKey: string, parentKey: string, excess: number): Candidate {
  return { scopeKey, parentKey, finding: FINDING, excess };
}

test.for([
  { note: 'one of four features is told itself', features: 1, of: 4, told: 'features' },
  { note: 'two of four features are told each', features: 2, of: 4, told: 'features' },
  { note: 'three of four features are their service', features: 3, of: 4, told: 'service' },
  { note: 'three of fifteen features are their service', features: 3, of: 15, told: 'service' },
  { note: 'three of sixty-four features are told each', features: 3, of: 64, told: 'features' },
  {
    note: 'thirteen of sixty-four features are their service',
    features: 13,
    of: 64,
    told: 'service',
  },
  {
    note: 'a service whose features explain half is told',
    features: 2,
    of: 4,
    rest: 2,
    told: 'service',
  },
])('$note', ({ features, of, rest = 0, told }) => {
  const children = Array.from({ length: features }, (_, index) => candidate(`f${index}`, 's', 1));
  const all = [candidate('s', 'total', features + rest), ...children];
  const chosen = chooseLevel(all, INITIAL_RULE_STATE, {
    childrenOf: () => of,
    excessIn: () => 0,
    isApart: () => false,
  }).map(({ scopeKey }) => scopeKey);
  expect(chosen).toEqual(told === 'service' ? ['s'] : children.map(({ scopeKey }) => scopeKey));
});

test.for([
  { note: 'as much of it as told', within: 1, chosen: ['s', 'f'] },
  { note: 'most of it in the window of the service', within: 7, chosen: ['f'] },
])('a service is told beside a feature that has $note: $chosen', ({ within, chosen }) => {
  const active = { f: { sinceEpochMs: 0, severity: 'warning' as const } };
  const service = { ...candidate('s', 'total', 10), expected: 10 };
  const found = chooseLevel(
    [service, candidate('f', 's', 1)],
    { active },
    {
      childrenOf: () => 4,
      excessIn: () => within,
      isApart: () => false,
    },
  );
  expect(found.map(({ scopeKey }) => scopeKey)).toEqual(chosen);
});
