import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

test('docs/telemetry.md is what the declarations say (node scripts/render-telemetry-doc.mjs writes it)', () => {
  const rendered = execFileSync(
    process.execPath,
    [join(root, 'scripts/render-telemetry-doc.mjs'), '--print'],
    { encoding: 'utf8' },
  );
  expect(readFileSync(join(root, 'docs/telemetry.md'), 'utf8')).toBe(rendered);
});
