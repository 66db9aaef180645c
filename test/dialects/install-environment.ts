import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ENVIRONMENTS, type Environment } from './environments.ts';

/** Installs an environment into the user's cache, once per set of pins; returns its folder. Throws in npm's or pip's words. */
export async function installEnvironment(
  name: string,
  say: (text: string) => void,
): Promise<{ readonly folder: string; readonly packages: Environment['packages'] }> {
  const environment = ENVIRONMENTS[name];
  if (environment === undefined) throw new Error(`expected a known environment, got ${name}`);
  const { packages } = environment;
  const pins = JSON.stringify(Object.entries(packages).sort());
  const hash = createHash('sha256').update(pins).digest('hex').slice(0, 12);
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(cache, 'tokenmeter', 'dialects', `${name}-${hash}`);
  const marker = join(folder, 'complete');
  if (existsSync(marker)) return { folder, packages };
  say(`installing ${name}`);
  rmSync(folder, { recursive: true, force: true });
  const install = environment.language === 'python' ? installPython : installJavascript;
  await install(folder, packages);
  writeFileSync(marker, pins);
  return { folder, packages };
}

async function installJavascript(folder: string, packages: Environment['packages']): Promise<void> {
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const manifest = { name: 'dialects', private: true, dependencies: packages };
  writeFileSync(join(draft, 'package.json'), JSON.stringify(manifest));
  const flags = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'];
  try {
    await run('npm', ['install', ...flags, '--loglevel=error'], draft);
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** A virtual environment cannot be moved, so it is made where it stays. */
async function installPython(folder: string, packages: Environment['packages']): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await run('python3', ['-m', 'venv', '.'], folder);
  const pins = Object.entries(packages).map(([name, version]) => `${name}==${version}`);
  const quiet = ['--quiet', '--disable-pip-version-check'];
  await run(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', ...quiet, ...pins], folder);
}

function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} failed: ${words.slice(-1500)}`));
    });
  });
}
