import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { BOARDS } from '../boards/boards.ts';
import { createNaming } from '../naming.ts';
import { queriesOf } from '../queries.ts';
import { alertRules } from './alert-rules.ts';
import { recordingRules } from './recording-rules.ts';
import { renderGrafanaAlerting } from './render-grafana-alerting.ts';
import { annotationsOf, DEFAULT_ALERT_LINKS } from './render-prometheus.ts';
import { DEFAULT_RULE_NUMBERS } from './rule-numbers.ts';

const naming = createNaming('underscores');
const groups = alertRules(naming, DEFAULT_RULE_NUMBERS);
const rules = groups.flatMap((group) => group.rules);
const boards = BOARDS.map(({ render }) => render({ naming, source: 'recorded' }));
const runbooks = new Set(readdirSync(join(import.meta.dirname, '../../../docs/runbooks')));

describe.for(rules)('$alert', (rule) => {
  test('leads to a panel and a runbook that are there', () => {
    const board = boards.find(({ uid }) => uid === rule.panel.board);
    const panel = board?.panels?.find(({ id }) => id === rule.panel.id);
    expect(panel?.title).toMatch(/./);
    expect(runbooks).toContain(`${rule.runbook}.md`);
  });

  test('says everything that a person needs', () => {
    const links = { ...DEFAULT_ALERT_LINKS, grafanaUrl: 'https://grafana.example' };
    const annotations = annotationsOf(rule, links);
    expect(Object.keys(annotations)).toEqual([
      'summary',
      'description',
      'runbook_url',
      'dashboard_url',
    ]);
    expect(annotations.dashboard_url).toMatch(/^https:\/\/grafana\.example\/d\/tokenmeter-/);
    expect(annotationsOf(rule, DEFAULT_ALERT_LINKS).dashboard_url).toMatch(/^\/d\/tokenmeter-/);
    expect(rule.for).toMatch(/^\d+m$/);
    expect(rule.keepFiringFor).toMatch(/^\d+m$/);
  });
});

/** Fields that Grafana's file provisioning reads of a rule; it ignores others without a word (Grafana 12, rules_types.go). */
const RULE_FIELDS = [
  ...[
    'uid',
    'title',
    'condition',
    'data',
    'dashboardUid',
    'panelId',
    'noDataState',
    'execErrState',
  ],
  ...[
    'for',
    'keepFiringFor',
    'missing_series_evals_to_resolve',
    'annotations',
    'labels',
    'isPaused',
  ],
  ...['notification_settings', 'record'],
];
const QUERY_FIELDS = ['refId', 'queryType', 'relativeTimeRange', 'datasourceUid', 'model'];

interface ProvisionedRule {
  readonly uid: string;
  readonly title: string;
  readonly condition: string;
  readonly data: readonly { readonly refId: string; readonly datasourceUid: string }[];
  readonly dashboardUid: string;
  readonly panelId: number;
  readonly annotations: Readonly<Record<string, string>>;
}

describe('rules for Grafana’s file provisioning', () => {
  const text = renderGrafanaAlerting(groups, '#', { datasourceUid: 'prom', folder: 'Tokenmeter' });
  const file: { readonly groups: readonly { readonly rules: readonly ProvisionedRule[] }[] } =
    parse(text);
  const provisioned = file.groups.flatMap((group) => group.rules);

  test('have only fields that it reads', () => {
    for (const rule of provisioned) {
      for (const field of Object.keys(rule)) expect(RULE_FIELDS).toContain(field);
      for (const query of rule.data) {
        for (const field of Object.keys(query)) expect(QUERY_FIELDS).toContain(field);
      }
    }
  });

  test('have ids of at most 40 characters, unique titles and a condition among their queries', () => {
    expect(new Set(provisioned.map(({ uid }) => uid)).size).toBe(rules.length);
    expect(new Set(provisioned.map(({ title }) => title)).size).toBe(rules.length);
    for (const { uid, condition, data } of provisioned) {
      expect(uid).toMatch(/^[\w-]{1,40}$/);
      expect(data.map(({ refId }) => refId)).toContain(condition);
      expect(data.map(({ datasourceUid }) => datasourceUid)).toEqual(['prom', '__expr__']);
    }
  });

  test('name their panel in fields and annotations, board and panel together', () => {
    for (const { dashboardUid, panelId, annotations } of provisioned) {
      expect(annotations.__dashboardUid__).toBe(dashboardUid);
      expect(annotations.__panelId__).toBe(String(panelId));
    }
  });

  test('use the variables that Grafana’s templates know', () => {
    for (const { annotations } of provisioned) {
      expect(Object.values(annotations).join()).not.toMatch(/\$value\b/);
    }
  });
});

/** A query sees samples that are at most so old (`--query.lookback-delta`). */
const LOOK_BACK_SECONDS = 300;
const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600 };

function secondsOf(duration: string): number {
  return Number.parseInt(duration, 10) * (SECONDS[duration.slice(-1)] ?? Number.NaN);
}

// A sample of a group with an offset lies so far in the past when it is written (seen in Prometheus 3.15.0).
describe.for(recordingRules(naming, { monthlyBudgetUsd: 1 }))('$name', (group) => {
  const oldest = secondsOf(group.interval) + secondsOf(group.queryOffset ?? '0m');
  const read = [
    ...rules.map(({ expr }) => expr),
    ...boards.flatMap(queriesOf).map(({ expr }) => expr),
  ];

  test.for(group.rules)('$record is there whenever it is read as it is now', ({ record }) => {
    const uses = new RegExp(`${record}(?![\\w:])(?:\\{[^}]*\\})?(\\[?)`, 'g');
    const isReadNow = read.some((expr) => [...expr.matchAll(uses)].some(([, range]) => !range));
    if (isReadNow) expect(oldest).toBeLessThan(LOOK_BACK_SECONDS);
  });
});
