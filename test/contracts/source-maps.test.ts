import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const BUILT = [
  ...[
    'anomaly',
    'cli',
    'core',
    'instrumentation',
    'node',
    'pricing',
    'semconv',
    'server',
    'worker',
  ].map((name) => join('packages', name)),
  'collector-config',
  'dashboards',
];

// Sources are not packed: a map that only names them makes bundlers warn and traces lead nowhere.
test.for(BUILT)('the source maps of %s hold their sources', (folder) => {
  const dist = join(root, folder, 'dist');
  const maps = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js.map'),
  );
  expect(maps.length).toBeGreaterThan(0);
  const empty = maps.filter((name) => {
    const map = JSON.parse(readFileSync(join(dist, name), 'utf8'));
    return map.sourcesContent?.length !== map.sources.length;
  });
  expect(empty).toEqual([]);
});
