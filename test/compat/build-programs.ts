import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Installation, runInLanes } from './install-sdks.ts';
import type { Sdk } from './sdk-list.ts';

/** How a program is loaded. */
export type ModuleSystem = 'cjs' | 'esm' | 'bundle';

/** All module systems, in the order of the report. */
export const MODULE_SYSTEMS: readonly ModuleSystem[] = ['cjs', 'esm', 'bundle'];

const OPTIONS: Readonly<Record<ModuleSystem, { file: string; options: readonly string[] }>> = {
  cjs: { file: 'main.cjs', options: ['--format=cjs', '--packages=external'] },
  esm: { file: 'main.mjs', options: ['--format=esm', '--packages=external'] },
  bundle: { file: 'bundle.cjs', options: ['--format=cjs'] },
};

const sources = join(import.meta.dirname, 'programs');

/** Programs ready to run, in a folder that goes away with this object. */
export interface BuiltPrograms extends Disposable {
  file(sdk: Sdk, system: ModuleSystem): string;
}

/**
 * Builds the three forms of every SDK's program: CommonJS and ES modules that load the SDK from `node_modules`, and one
 * file that contains it. Each stands in a folder where imports find the pinned packages and nothing of this workspace.
 * Throws with esbuild's words.
 */
export async function buildPrograms(
  installation: Installation,
  sdks: readonly Sdk[],
): Promise<BuiltPrograms> {
  const root = mkdtempSync(join(tmpdir(), 'tokenmeter-compat-'));
  const programs: BuiltPrograms = {
    file: (sdk, system) => join(root, sdk.id, OPTIONS[system].file),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
  try {
    await runInLanes(2, sdks, async (sdk) => {
      const packages = installation.folders.get(sdk.id);
      if (packages === undefined) throw new Error(`expected an installation of ${sdk.id}`);
      const folder = join(root, sdk.id);
      mkdirSync(folder);
      cpSync(sources, join(folder, 'src'), { recursive: true });
      symlinkSync(join(packages, 'node_modules'), join(folder, 'node_modules'), 'junction');
      for (const system of MODULE_SYSTEMS) {
        await build(installation, sdk, { folder, system, outfile: programs.file(sdk, system) });
      }
    });
    return programs;
  } catch (error) {
    programs[Symbol.dispose]();
    throw error;
  }
}

interface Build {
  readonly folder: string;
  readonly system: ModuleSystem;
  readonly outfile: string;
}

async function build(
  installation: Installation,
  sdk: Sdk,
  { folder, system, outfile }: Build,
): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      join(installation.esbuildFolder, 'node_modules/esbuild/bin/esbuild'),
      join(folder, 'src', `${sdk.program}.mjs`),
      '--bundle',
      '--platform=node',
      '--target=node22',
      '--log-level=error',
      ...OPTIONS[system].options,
      ...(sdk.external ?? []).map((name) => `--external:${name}`),
      `--outfile=${outfile}`,
    ],
    // What is built names files as seen from here, so that it is the same in any folder.
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`esbuild failed for ${sdk.id}: ${words}`);
}
