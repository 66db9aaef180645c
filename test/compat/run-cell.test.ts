import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BareRuns } from './bare-runs.ts';
import { runCell } from './run-cell.ts';
import type { ProgramResult, ProgramRun } from './run-program.ts';

/** Knows gpt-4o at other prices. */
const ARTICLE_PRICES = join(import.meta.dirname, '../../examples/prices/article.json');
const CELL = { sdk: 'fetch', system: 'esm', nodeMajor: '24' } as const;
const RUN: ProgramRun = {
  node: process.execPath,
  file: join(import.meta.dirname, 'programs/fetch.mjs'),
  env: {},
  timeoutOutcome: 'error',
};

/** What the differences are about, each once, in the order in which they were found. */
async function subjectsOf(run: ProgramRun): Promise<readonly string[]> {
  const { differences } = await runCell(CELL, run);
  return differences.map((text) => text.split(': expected', 1)[0] ?? '');
}

test.for([
  { note: 'a good cell has no difference', run: {}, want: [] },
  {
    note: 'a meter that is off is seen in every figure',
    run: { env: { TOKENMETER_DISABLED: 'true' } },
    want: [
      'telemetry: calls',
      'telemetry: spans',
      'telemetry: unpriced',
      'telemetry: problems',
      'telemetry: callsByOutcome',
      'telemetry: tokensByClass',
      'telemetry: costs',
      'telemetry: picoUsd',
    ],
  },
  {
    note: 'a call with other prices is seen in the money',
    run: { env: { TOKENMETER_PRICES: ARTICLE_PRICES } },
    want: ['telemetry: costs', 'telemetry: picoUsd'],
  },
  {
    note: 'a call with another outcome is seen',
    run: { timeoutOutcome: 'aborted' as const },
    want: ['telemetry: unpriced', 'telemetry: callsByOutcome'],
  },
])('$note', async ({ run, want }) => {
  expect(await subjectsOf({ ...RUN, ...run })).toEqual(want);
});

test('a program that does something else when it is metered is seen in output and traffic', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-cell-'));
  const file = join(folder, 'nosy.mjs');
  writeFileSync(
    file,
    `const flags = String(process.execArgv.length);
     const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: flags }] });
     const url = process.env.COMPAT_URL + '/v1/chat/completions';
     await (await fetch(url, { method: 'POST', body })).text();
     console.log(flags);`,
  );
  try {
    expect(await subjectsOf({ ...RUN, file })).toEqual(['stdout', 'requests']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the bare run of a good cell is kept and stands for the next one; where it differs that is seen', async () => {
  const kept: ProgramResult[] = [];
  const keeping = {
    find: () => kept[0],
    keep: (_cell, _run, result) => kept.push(result),
  } satisfies BareRuns;
  expect((await runCell(CELL, RUN, keeping)).differences).toEqual([]);
  expect(kept).toHaveLength(1);
  expect((await runCell(CELL, RUN, keeping)).differences).toEqual([]);
  expect(kept).toHaveLength(1);
  const other = kept.map((run) => ({ ...run, stdout: `${run.stdout}more\n` }));
  const changed = {
    find: () => other[0],
    keep: (_cell, _run, result) => kept.push(result),
  } satisfies BareRuns;
  const { differences } = await runCell(CELL, RUN, changed);
  expect(differences).toHaveLength(1);
  expect(differences[0]).toContain('stdout: expected');
  expect(kept).toHaveLength(1);
});
