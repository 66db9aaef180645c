import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, type TestContext, test } from 'vitest';
import { createBareRuns } from './bare-runs.ts';
import { type Installation, installSdks } from './install-sdks.ts';
import type { CellResult } from './run-cell.ts';
import { runMatrix, writeReport } from './run-matrix.ts';
import { SDKS } from './sdk-list.ts';

const root = join(import.meta.dirname, '..', '..');
const INSTALL_TIMEOUT_MS = 600_000;
const RUN_TIMEOUT_MS = 2_400_000;

let cells: readonly CellResult[] = [];
/** Why nothing could be run; undefined when everything was. */
let obstacle: string | undefined;

/** Progress goes past vitest's own output, so that a long install is no silence. */
function say(text: string): void {
  process.stderr.write(`compat: ${text}\n`);
}

async function install(): Promise<Installation | undefined> {
  try {
    return await installSdks(SDKS, say);
  } catch (error) {
    // CI must run the matrix; a machine without network may not be able to.
    if (process.env.CI === 'true') throw error;
    obstacle = `the SDKs could not be installed: ${error instanceof Error ? error.message : error}`;
    say(`skipped: ${obstacle}`);
    return undefined;
  }
}

let installation: Installation | undefined;

beforeAll(async () => {
  installation = await install();
}, INSTALL_TIMEOUT_MS);

beforeAll(async () => {
  if (installation === undefined) return;
  const isLong = process.env.TOKENMETER_LONG_TESTS === '1';
  const bareRuns = createBareRuns(installation);
  cells = await runMatrix(installation, SDKS, isLong ? {} : { bareRuns });
  writeReport(SDKS, cells);
}, RUN_TIMEOUT_MS);

function skipWithoutCells(context: TestContext): void {
  if (obstacle !== undefined) context.skip(obstacle);
}

test.for(SDKS)('$id is metered exactly and notices nothing', (sdk, context) => {
  skipWithoutCells(context);
  const own = cells.filter((cell) => cell.sdk === sdk.id);
  expect(own).toHaveLength(9);
  const differences = own.flatMap(({ system, nodeMajor, differences: found }) =>
    found.map((difference) => `${system} on Node ${nodeMajor}: ${difference}`),
  );
  expect(differences).toEqual([]);
});

test('docs/compatibility.md still holds (node scripts/render-compatibility.mjs writes it)', (context) => {
  skipWithoutCells(context);
  const rendered = execFileSync(
    process.execPath,
    [join(root, 'scripts/render-compatibility.mjs'), '--print'],
    { encoding: 'utf8' },
  );
  const written = readFileSync(join(root, 'docs/compatibility.md'), 'utf8');
  expect(withoutDate(written)).toBe(withoutDate(rendered));
});

function withoutDate(text: string): string {
  return text.replace(/Run on \d{4}-\d{2}-\d{2}/, 'Run');
}
