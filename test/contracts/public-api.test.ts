import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const LIBRARIES = ['semconv', 'core', 'pricing', 'anomaly', 'instrumentation', 'worker', 'server'];

test.for(LIBRARIES)('%s exports exactly these names', async (name) => {
  const file = join(root, 'packages', name, 'dist', 'index.js');
  expect(readdirSync(join(root, 'packages', name, 'dist'))).toContain('index.js');
  const exported: unknown = await import(pathToFileURL(file).href);
  const names = typeof exported === 'object' && exported !== null ? Object.keys(exported) : [];
  expect(names.sort()).toMatchSnapshot();
});
