import * as semconv from '@tokenmeter/semconv';
import {
  ATTRIBUTE_SPECS,
  general,
  INCIDENT_SCOPE,
  METRIC_ATTRIBUTES,
  WORKER_METRICS,
} from '@tokenmeter/semconv';
import { describe, expect, test } from 'vitest';
import { BOARDS } from './boards/boards.ts';
import { createNaming, NAMING_STYLES, type NamedMetric, prometheusName } from './naming.ts';
import { annotationQueriesOf, queriesOf, variableQueriesOf } from './queries.ts';
import { alertRules } from './rules/alert-rules.ts';
import { recordingRules } from './rules/recording-rules.ts';
import { DEFAULT_RULE_NUMBERS } from './rules/rule-numbers.ts';

interface Expression {
  readonly where: string;
  readonly expr: string;
}

const NUMBERS = { ...DEFAULT_RULE_NUMBERS, monthlyBudgetUsd: 100 };
const SUFFIXES = ['', '_bucket', '_sum', '_count'];

/** What Prometheus and the Collector call theirs; everything else is declared in semconv or recorded by a rule of ours. */
const THEIR_METRICS = ['ALERTS', 'otelcol_exporter_queue_size', 'otelcol_exporter_queue_capacity'];
const THEIR_LABELS = ['le', 'alertname', 'alertstate', 'severity', 'exporter', 'week', '$group_by'];

const EXPORTS: readonly unknown[] = Object.values(semconv);
const SPECS: readonly NamedMetric[] = EXPORTS.filter(isMetric);
const ATTRIBUTES: readonly string[] = [
  ...Object.keys(ATTRIBUTE_SPECS),
  ...Object.values(general),
  ...Object.values(METRIC_ATTRIBUTES).flatMap((levels) => Object.keys(levels)),
];

function isMetric(value: unknown): value is NamedMetric {
  return typeof value === 'object' && value !== null && 'kind' in value && 'unit' in value;
}

describe.for(NAMING_STYLES)('with %s', (style) => {
  const naming = createNaming(style);
  const recorded = recordingRules(naming, NUMBERS).flatMap(({ rules }) => rules);
  const worker = Object.values(WORKER_METRICS).map(prometheusName);
  const metrics = new Set([
    ...SPECS.map((spec) => (style === 'utf8' ? spec.name : prometheusName(spec))).flatMap((name) =>
      SUFFIXES.map((suffix) => `${name}${suffix}`),
    ),
    ...worker,
    ...recorded.map(({ record }) => record),
    ...THEIR_METRICS,
  ]);
  const labels = new Set([
    ...ATTRIBUTES.map(naming.label),
    ...Object.values(WORKER_METRICS).flatMap(({ attributes }) => attributes),
    ...INCIDENT_SCOPE,
    ...THEIR_LABELS,
  ]);
  const boards = BOARDS.flatMap(({ name, render }) =>
    (['recorded', 'raw'] as const).flatMap((source): Expression[] => {
      const board = render({ naming, source });
      return [
        ...queriesOf(board).map(({ panel, expr }) => ({ where: `${name}: ${panel}`, expr })),
        ...annotationQueriesOf(board).map((expr) => ({ where: `${name}: annotation`, expr })),
        ...variableQueriesOf(board).map((expr) => ({ where: `${name}: variable`, expr })),
      ];
    }),
  );
  const rules = [
    ...recorded.map(({ record, expr }) => ({ where: record, expr })),
    ...alertRules(naming, NUMBERS)
      .flatMap((group) => group.rules)
      .map(({ alert, expr }) => ({ where: alert, expr })),
  ];

  test('every metric in boards, annotations, variables and rules is declared', () => {
    for (const { where, expr } of [...boards, ...rules]) {
      for (const name of metricsIn(expr)) expect(metrics, `${where}: ${name}`).toContain(name);
    }
  });

  test('and so is every label', () => {
    for (const { where, expr } of [...boards, ...rules]) {
      for (const label of labelsIn(expr)) expect(labels, `${where}: ${label}`).toContain(label);
    }
  });

  test('every metric that a board is about is on one', () => {
    const shown = new Set(boards.flatMap(({ expr }) => metricsIn(expr)));
    const { evaluations, lag, notices, openIncidents, incident } = WORKER_METRICS;
    for (const spec of [evaluations, lag, notices, openIncidents, incident]) {
      expect(shown).toContain(prometheusName(spec));
    }
    expect(shown).toContain(
      style === 'utf8' ? semconv.PRICES_DATE.name : prometheusName(semconv.PRICES_DATE),
    );
  });
});

test.for([
  ['sum by (a) (rate(x_total{b="c"}[5m])) / scalar(y)', ['x_total', 'y'], ['a', 'b']],
  ['{"x.y","a.b"=~"$c"}[1m] > 0', ['x.y'], ['"a.b"']],
  ['label_replace(x, "to", "$1", "from", "(.*)")', ['x'], []],
  ['vector(5) and on (a) max(a:b:c offset 1w)', ['a:b:c'], ['a']],
  ['label_values(x{a="b"}, c)', ['x'], ['a', 'c']],
] as const)('%s is taken apart', ([expr, metrics, labels]) => {
  expect(metricsIn(expr)).toEqual(metrics);
  expect([...labelsIn(expr)].sort()).toEqual([...labels].sort());
});

/** Texts in quotes that are values or arguments, not names. */
function withoutTexts(expr: string): string {
  return expr
    .replaceAll(/, "[^"]*"(?=[,)])/g, '')
    .replaceAll(/(=~|!~|!=|=)"[^"]*"/g, '=""')
    .replaceAll(/\[[^\]]*\]/g, '');
}

const KEYWORDS =
  /^(and|or|unless|by|on|without|group_left|group_right|offset|bool|ignoring|time|vector)$/;

function metricsIn(expr: string): readonly string[] {
  const bare = withoutTexts(expr);
  const quoted = [...bare.matchAll(/\{"([^"]+)"(?=[,}])/g)].map(([, name = '']) => name);
  const plain = bare
    .replaceAll(/\b(by|on|without|ignoring|group_left) \([^)]*\)/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replace(/^label_values\((.*), [^,]+\)$/, '$1')
    .replaceAll(/\boffset \S+/g, '');
  const words = [...plain.matchAll(/(?<![\w.$"])[a-zA-Z_][\w:]*(?![\w:]|\s*\()/g)].map(
    ([name]) => name,
  );
  return [...quoted, ...words.filter((word) => !KEYWORDS.test(word))];
}

function labelsIn(expr: string): readonly string[] {
  const groupings = [
    ...expr.matchAll(/\b(?:by|on|without|ignoring|group_left) \(([^)]*)\)/g),
  ].flatMap(([, list = '']) => list.split(',').map((label) => label.trim()));
  const matchers = [...expr.matchAll(/("[\w.]+"|\b\w+)(?=(?:=|!=|=~|!~)")/g)].map(
    ([, label = '']) => label,
  );
  const asked = /^label_values\(.*, ([^,]+)\)$/.exec(expr)?.[1];
  return [...groupings, ...matchers, ...(asked === undefined ? [] : [asked])].filter(
    (label) => label !== '',
  );
}
