import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cloudwatchQueries } from './vendor-queries.ts';

const file = join(import.meta.dirname, '../../collector-config/backends/cloudwatch-emf.yaml');
const backend = readFileSync(file, 'utf8');

/** Sets of dimensions, each in order of name. */
const written = new Set(
  [...backend.matchAll(/^ +- \[([^\]]+)\]$/gm)].map(([, names = '']) =>
    names.split(', ').sort().join(),
  ),
);
const [, selector = ''] = /metric_name_selectors: \["([^"]+)"\]/.exec(backend) ?? [];
/** In YAML a backslash is doubled, and `$$` is how the Collector's files spell `$`. */
const names = new RegExp(selector.replaceAll('\\\\', '\\').replaceAll('$$', () => '$'));

test('the backend writes three sets of dimensions, and the queries are found', () => {
  expect(written.size).toBe(3);
  expect(cloudwatchQueries().length).toBeGreaterThan(10);
});

test.for(cloudwatchQueries())('$metric by $labels is what the backend writes', (query) => {
  expect(query.metric).toMatch(names);
  expect(written).toContain([...query.labels].sort().join());
});
