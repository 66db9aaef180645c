import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ESBUILD_VERSION, NODE_VERSIONS, type Sdk } from './sdk-list.ts';

/** What the matrix needs on disk. */
export interface Installation {
  /** Folder whose `node_modules` has the SDK, by its id. */
  readonly folders: ReadonlyMap<string, string>;
  readonly esbuildFolder: string;
  /** Executables by major version. */
  readonly nodes: ReadonlyMap<string, string>;
}

/** Enough for a hiccup of the network; a machine without one shall learn it soon. */
const RETRIES: readonly string[] = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000'];

type Say = (text: string) => void;

/** Where everything that runs of the matrix share lies. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tokenmeter', 'compat');
}

/**
 * Installs every SDK at its pinned version, each into a folder of its own under the user's cache, two at a time; also
 * esbuild and the Node versions of the matrix. What is there already costs nothing. Throws with npm's words.
 */
export async function installSdks(sdks: readonly Sdk[], say: Say): Promise<Installation> {
  const wanted = [
    ...sdks.map(({ id, dependencies }) => ({ id, dependencies })),
    { id: 'esbuild', dependencies: { esbuild: ESBUILD_VERSION } },
  ];
  const folders = new Map<string, string>();
  const missing: typeof wanted = [];
  for (const each of wanted) {
    const folder = join(cacheFolder(), `${each.id}-${fingerprint(each.dependencies)}`);
    folders.set(each.id, folder);
    if (!existsSync(folder)) missing.push(each);
  }
  await runInLanes(2, missing, async ({ id, dependencies }, index) => {
    say(`installing ${id} (${index + 1} of ${missing.length})`);
    await installInto(folders.get(id) ?? '', dependencies);
  });
  const nodes = new Map<string, string>();
  for (const [major, version] of Object.entries(NODE_VERSIONS)) {
    nodes.set(major, findNode(version, say));
  }
  return { folders, esbuildFolder: folders.get('esbuild') ?? '', nodes };
}

/** Runs tasks over a list, never more than so many at once, in order of the list. Rejects as the first one does. */
export async function runInLanes<T>(
  lanes: number,
  items: readonly T[],
  run: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const rest = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      await run(next[1], next[0]);
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
}

function fingerprint(dependencies: Sdk['dependencies']): string {
  const text = JSON.stringify(Object.entries(dependencies).sort());
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** An installation appears under its name only when it is whole. */
async function installInto(folder: string, dependencies: Sdk['dependencies']): Promise<void> {
  const draft = `${folder}.${process.pid}.tmp`;
  mkdirSync(draft, { recursive: true });
  const manifest = { name: 'compat', private: true, dependencies };
  writeFileSync(join(draft, 'package.json'), JSON.stringify(manifest));
  try {
    if (Object.keys(dependencies).length > 0) await npmInstall(draft);
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function npmInstall(folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...RETRIES],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], shell: process.platform === 'win32' },
    );
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => {
      words += chunk.toString();
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm install failed in ${folder}: ${words.slice(-2000)}`));
    });
  });
}

/** The Node that runs this if its version fits, else the one that npx brings, remembered by its path. */
function findNode(version: string, say: Say): string {
  if (process.versions.node === version) return process.execPath;
  const file = join(cacheFolder(), `node-${version}.json`);
  const known = readKnown(file);
  if (known !== undefined) return known;
  say(`bringing Node ${version}`);
  const found = spawnSync('npx', ['-y', `node@${version}`, '-p', 'process.execPath'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const path = found.stdout?.trim().split('\n').at(-1) ?? '';
  if (found.status !== 0 || !existsSync(path)) {
    throw new Error(`npx could not bring Node ${version}: ${found.stderr?.slice(-2000)}`);
  }
  mkdirSync(cacheFolder(), { recursive: true });
  writeFileSync(file, JSON.stringify(path));
  return path;
}

function readKnown(file: string): string | undefined {
  try {
    const path: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof path === 'string' && existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
