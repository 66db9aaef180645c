import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ATTRIBUTE_SPECS, CALL_COST, CALLS, COST, TOKENS, UNPRICED } from '@tokenmeter/semconv';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.yaml$/.test(file) && !/node_modules|generated|manifest/.test(file),
);
const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));

/** Metrics and attributes of ours, as the files quote or define them. */
function namesIn(text: string): readonly string[] {
  const quoted = text.matchAll(/"(tokenmeter\.[a-z_.]+)"/g);
  const defined = text.matchAll(/- name: (tokenmeter\.\S+)/g);
  return [...quoted, ...defined].map(([, name = '']) => name);
}

test('the files use no name of ours that is not declared', () => {
  const declared = new Set<string>([
    ...Object.keys(ATTRIBUTE_SPECS),
    ...[CALLS, COST, TOKENS, UNPRICED, CALL_COST].map(({ name }) => name),
  ]);
  const used = new Set(texts.flatMap(namesIn));
  expect(used.size).toBeGreaterThan(20);
  expect([...used].filter((name) => !declared.has(name))).toEqual([]);
});

/** Types that stock otelcol-contrib 0.155 and every later release know by this name (checked 2026-11-21). */
const STOCK = new Set([
  ...['otlp', 'kafka'],
  ...['memory_limiter', 'transform', 'filter', 'groupbyattrs', 'resource', 'tail_sampling'],
  ...['probabilistic_sampler', 'deltatocumulative', 'cumulativetodelta'],
  ...['forward', 'routing', 'signal_to_metrics'],
  ...['nop', 'debug', 'otlp_http', 'file', 'clickhouse', 'datadog', 'awsemf', 'azuremonitor'],
  ...['health_check', 'file_storage', 'basicauth', 'bearertokenauth', 'sigv4auth'],
  'googleclientauth',
]);

test('every component is one that stock otelcol-contrib has by this name from 0.155 on', () => {
  const sections =
    /^(?:receivers|processors|connectors|exporters|extensions):\n((?:(?: .*)?\n)+)/gm;
  const types = texts
    .flatMap((text) => [...`${text}\n`.matchAll(sections)])
    .flatMap(([, body = '']) => [...body.matchAll(/^ {2}([\w/-]+):/gm)])
    .map(([, id = '']) => id.split('/')[0] ?? '');
  expect(types.length).toBeGreaterThan(60);
  expect([...new Set(types)].filter((type) => !STOCK.has(type))).toEqual([]);
});
