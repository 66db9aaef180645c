import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BareRuns } from './bare-runs.ts';
import { buildPrograms, MODULE_SYSTEMS } from './build-programs.ts';
import { type Installation, runInLanes } from './install-sdks.ts';
import { type Cell, type CellResult, runCell } from './run-cell.ts';
import type { ProgramRun } from './run-program.ts';
import { NODE_VERSIONS, type Sdk } from './sdk-list.ts';

/** Where the rows of the latest run are written. */
export const REPORT_FILE: string = join(import.meta.dirname, '../output/compatibility.json');

/** Cells at once: as many as the smallest machine has cores; other tests run besides. */
const LANES = 2;

/** How the matrix is run. */
export interface MatrixOptions {
  /** Shows how far it is; nothing does when absent. */
  readonly say?: (text: string) => void;
  /** What stands for bare runs; every one is made anew when absent. */
  readonly bareRuns?: BareRuns;
}

/**
 * Runs every cell of the given SDKs, some at a time, and gives the rows in the order of the list.
 *
 * A program's last flush has 1.8 seconds, which a machine full of other work may not give it: a cell that differs runs once
 * more by itself, with a bare run of its own, and that run counts.
 */
export async function runMatrix(
  installation: Installation,
  sdks: readonly Sdk[],
  { say = () => undefined, bareRuns }: MatrixOptions = {},
): Promise<readonly CellResult[]> {
  using programs = await buildPrograms(installation, sdks);
  const jobs = sdks.flatMap((sdk) =>
    MODULE_SYSTEMS.flatMap((system) =>
      Object.keys(NODE_VERSIONS).map((nodeMajor) => ({ sdk, system, nodeMajor })),
    ),
  );
  const results: CellResult[] = [];
  const run = async (
    { sdk, system, nodeMajor }: (typeof jobs)[number],
    kept?: BareRuns,
  ): Promise<CellResult> => {
    const cell: Cell = { sdk: sdk.id, system, nodeMajor };
    const program: ProgramRun = {
      node: installation.nodes.get(nodeMajor) ?? '',
      file: programs.file(sdk, system),
      env: sdk.env ?? {},
      timeoutOutcome: sdk.timeoutOutcome ?? 'aborted',
      ...(sdk.provider === undefined ? {} : { provider: sdk.provider }),
      ...(sdk.others === undefined ? {} : { others: sdk.others }),
    };
    return runCell(cell, program, kept);
  };
  const tell = (index: number): void => {
    const { sdk, system, nodeMajor, differences = [] } = results[index] ?? {};
    const mark = differences.length === 0 ? '✓' : '✗';
    say(`${mark} ${sdk} · ${system} · Node ${nodeMajor} (${index + 1} of ${jobs.length})`);
  };
  await runInLanes(LANES, jobs, async (job, index) => {
    results[index] = await run(job, bareRuns);
    tell(index);
  });
  for (const [index, job] of jobs.entries()) {
    const { differences = [] } = results[index] ?? {};
    if (differences.length === 0) continue;
    say(`once more, because of: ${differences.join('; ')}`);
    results[index] = await run(job);
    tell(index);
  }
  return results;
}

/** Writes the rows for the renderer of the document. */
export function writeReport(sdks: readonly Sdk[], cells: readonly CellResult[]): void {
  mkdirSync(dirname(REPORT_FILE), { recursive: true });
  const report = { date: new Date().toISOString().slice(0, 10), nodes: NODE_VERSIONS, sdks, cells };
  writeFileSync(REPORT_FILE, `${JSON.stringify(report, null, 1)}\n`);
}
