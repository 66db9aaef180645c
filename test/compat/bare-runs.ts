import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheFolder, type Installation } from './install-sdks.ts';
import type { Cell } from './run-cell.ts';
import type { ProgramResult, ProgramRun } from './run-program.ts';
import { NODE_VERSIONS } from './sdk-list.ts';

/** What programs did bare in earlier runs of the matrix. */
export interface BareRuns {
  /** The program's run, if this very one was kept. */
  find(cell: Cell, run: ProgramRun): ProgramResult | undefined;
  /** Keeps a run whose cell was good. */
  keep(cell: Cell, run: ProgramRun, result: ProgramResult): void;
}

/** Runs that nobody has looked up for so long are of sources that are gone. */
const FORGOTTEN_AFTER_MS = 14 * 24 * 3_600_000;

/**
 * Keeps bare runs in the user's cache folder. Nothing of Tokenmeter is in a bare run, so none needs repeating while the
 * program, its packages, the provider and Node are the same to the byte; a difference in any of them is another run.
 */
export function createBareRuns(installation: Installation): BareRuns {
  const folder = join(cacheFolder(), 'bare');
  forgetOld(folder);
  const sources = hashOf(sourceFiles(import.meta.dirname).map((file) => readFileSync(file)));
  const fileOf = ({ sdk, system, nodeMajor }: Cell, { file, env }: ProgramRun): string => {
    const packages = join(installation.folders.get(sdk) ?? '', 'package-lock.json');
    const key = hashOf([
      [sdk, system, NODE_VERSIONS[nodeMajor], process.platform, process.arch, release()].join(' '),
      JSON.stringify(env),
      sources,
      readFileSync(file),
      existsSync(packages) ? readFileSync(packages) : '',
    ]);
    return join(folder, key.slice(0, 2), `${key}.json`);
  };
  return {
    find(cell, run) {
      try {
        const file = fileOf(cell, run);
        return JSON.parse(readFileSync(file, 'utf8').replaceAll(HERE, dirname(run.file)));
      } catch {
        return undefined;
      }
    },
    keep(cell, run, result) {
      const file = fileOf(cell, run);
      const draft = `${file}.${randomUUID()}`;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(draft, JSON.stringify(result).replaceAll(dirname(run.file), HERE));
      renameSync(draft, file);
    },
  };
}

/** Stands for the program's folder, whose name is new in each run of the matrix. */
const HERE = '{program folder}';

function hashOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(createHash('sha256').update(part).digest());
  return hash.digest('hex');
}

/** Everything that takes part in a run: the programs, the providers and what starts both. */
function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.m?[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.endsWith('.test.ts'))
    .sort();
}

function forgetOld(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const writtenMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - writtenMs > FORGOTTEN_AFTER_MS) rmSync(file, { force: true });
  }
}
