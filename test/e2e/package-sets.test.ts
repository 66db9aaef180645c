import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PACKAGE_SETS } from './package-sets.ts';
import { root } from './run-process.ts';

function manifest(path: string): { version: string; dependencies: Record<string, string> } {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

test('applications are tried with the very versions that this workspace is built with', () => {
  const { dependencies } = manifest('packages/node/package.json');
  const foreign = Object.keys(dependencies).filter((name) => !name.startsWith('@tokenmeter/'));
  const here = foreign.map((name) => [
    name,
    manifest(`packages/node/node_modules/${name}/package.json`).version,
  ]);
  expect(PACKAGE_SETS.servers).toMatchObject(Object.fromEntries(here));
});
