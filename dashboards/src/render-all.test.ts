import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderAll } from './render-all.ts';

const folder = join(import.meta.dirname, '..');
const rendered = renderAll();

test.for([...rendered])('%s is up to date', ([path, text]) => {
  expect(readFileSync(join(folder, path), 'utf8')).toBe(text);
});

test('no generated file is left over', () => {
  const found = ['grafana', 'prometheus/rules', 'datadog', 'cloudwatch']
    .filter((each) => existsSync(join(folder, each)))
    .flatMap((each) =>
      readdirSync(join(folder, each), { recursive: true, encoding: 'utf8' }).map(
        (path) => `${each}/${path}`,
      ),
    )
    .filter((path) => /\.(json|yaml)$/.test(path));
  expect(found.sort()).toEqual([...rendered.keys()].sort());
});
