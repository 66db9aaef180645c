import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_SETS, type PackageSetName } from './package-sets.ts';

/** Where a set is installed, or why it is not. */
export type Installed =
  | { readonly ok: true; readonly folder: string }
  | { readonly ok: false; readonly reason: string };

/** An install that takes longer than this has no network worth the name. */
const INSTALL_LIMIT_MS = 240_000;

/**
 * Installs a set of packages with npm, exactly as pinned and without install scripts, into the user's cache folder.
 *
 * A set that is there already costs nothing. An install is made beside its place and moved there when whole, so that
 * several processes may ask at once. Never rejects.
 */
export async function installPackages(name: PackageSetName): Promise<Installed> {
  const set = PACKAGE_SETS[name];
  const pins = JSON.stringify([set, process.platform, process.arch]);
  const hash = createHash('sha256').update(pins).digest('hex').slice(0, 16);
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tokenmeter');
  const folder = join(cache, 'frameworks', hash);
  if (existsSync(folder)) return { ok: true, folder };
  const making = `${folder}.${randomUUID()}`;
  try {
    await mkdir(making, { recursive: true });
    const manifest = { name: `tokenmeter-${name}`, private: true, dependencies: set };
    await writeFile(join(making, 'package.json'), JSON.stringify(manifest, undefined, 2));
    say(`installing ${name}: ${Object.keys(set).length} packages and what they need`);
    const started = performance.now();
    const problem = await runNpm(making);
    if (problem !== undefined)
      return { ok: false, reason: `npm could not install ${name}: ${problem}` };
    say(`installed ${name} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
    await moveUnlessThere(making, folder);
    return { ok: true, folder };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

/** Undefined when it went well, else npm's last words. */
function runNpm(cwd: string): Promise<string | undefined> {
  const flags = [
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--prefer-offline',
  ];
  const child = spawn('npm', ['install', ...flags], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: INSTALL_LIMIT_MS,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => {
      resolve(code === 0 ? undefined : `exit code ${code}: ${stderr.trim().slice(-600)}`);
    });
  });
}

async function moveUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    // Another process was first.
    if (!existsSync(to)) throw error;
  }
}

function say(text: string): void {
  process.stderr.write(`[frameworks] ${text}\n`);
}
