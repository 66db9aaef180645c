import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const RULES = [
  'budget',
  'cache-hit-rate',
  'cost-per-request',
  'coverage',
  'model-drift',
  'pipeline-gap',
  'slow-burn',
  'unpriced',
  'volume',
];

test('the page serves the runbooks as they are written (node scripts/render-runbooks.mjs)', () => {
  const script = join(root, 'scripts/render-runbooks.mjs');
  const rendered = execFileSync(process.execPath, [script, '--print'], { encoding: 'utf8' });
  const served = join(root, 'packages/server/src/generated/runbooks.ts');
  expect(readFileSync(served, 'utf8')).toBe(rendered);
});

test('there is a runbook for every rule', () => {
  const files = readdirSync(join(root, 'docs/runbooks')).filter((name) => name !== 'README.md');
  expect(files.sort()).toEqual(RULES.map((one) => `${one}.md`));
});

test.for(RULES)('%s says how to confirm, find, stop, fix and what to do afterwards', (rule) => {
  const text = readFileSync(join(root, 'docs/runbooks', `${rule}.md`), 'utf8');
  expect(text.match(/^## .+$/gm)).toEqual([
    '## Confirm',
    '## Find',
    '## Stop the bleeding',
    '## Fix',
    '## Afterwards',
  ]);
  for (const language of ['sql', 'promql', 'sh']) expect(text).toContain(`\`\`\`${language}\n`);
});
