import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as core from './index.ts';

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

/** The last expression of the example, evaluated: its imports become parameters. */
function runExample(code: string): unknown {
  const names = Object.keys(core);
  const body = code
    .replace(/^import .*$/m, '')
    .replace(/^\s*(decoder\.result\(\)\.usage;.*)$/m, 'return $1');
  return new Function(...names, body)(...Object.values(core));
}

test('the example of the README does what its comment says', () => {
  const example = /```ts\n([\s\S]*?)```/.exec(README)?.[1] ?? '';
  expect(runExample(example)).toMatchObject({
    kind: 'reported',
    tokens: { input: 2, cache_read: 8, output: 5 },
  });
});

test('the README names every function', () => {
  const functions = Object.entries(core).filter(([, value]) => typeof value === 'function');
  for (const [name] of functions) expect(README).toContain(`\`${name}(`);
});
