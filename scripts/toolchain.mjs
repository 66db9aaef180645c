import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const PNPM_VERSION = '12.21.0';
const NODE_FALLBACK = '24';
/** OpenTelemetry's own floor; below it a newer Node is brought from the registry. */
const NODE_FLOOR = [22, 15];

/** The folder for things that outlive a checkout, keyed by version inside. */
export function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tokenmeter');
}

function meetsFloor(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1]);
}

/** Where a command of this name stands on PATH, or undefined. */
export function findOnPath(name, path = process.env.PATH ?? '') {
  const names = process.platform === 'win32' ? [`${name}.cmd`, `${name}.exe`] : [name];
  for (const folder of path.split(delimiter)) {
    const found = names.map((each) => join(folder, each)).find((file) => existsSync(file));
    if (found !== undefined) return found;
  }
  return undefined;
}

function readCached(file) {
  try {
    const cached = JSON.parse(readFileSync(file, 'utf8'));
    return existsSync(cached.node) && existsSync(cached.pnpm) ? cached : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Finds pnpm, and Node at or above the floor, bringing both from the registry when the machine lacks them.
 * Returns absolute paths; throws with the fix when npm cannot bring them.
 */
export function findToolchain(say) {
  const isNodeGoodEnough = meetsFloor(process.versions.node);
  const key = `${isNodeGoodEnough ? process.versions.node : `npm-${NODE_FALLBACK}`}-pnpm-${PNPM_VERSION}`;
  const file = join(cacheFolder(), `toolchain-${key}.json`);
  const cached = readCached(file);
  if (cached !== undefined) return cached;

  say(
    isNodeGoodEnough
      ? `bringing pnpm ${PNPM_VERSION}`
      : `Node ${process.versions.node} is below ${NODE_FLOOR.join('.')}: bringing Node ${NODE_FALLBACK} and pnpm ${PNPM_VERSION}`,
  );
  const packages = [`pnpm@${PNPM_VERSION}`];
  if (!isNodeGoodEnough) packages.unshift(`node@${NODE_FALLBACK}`);
  const found = spawnSync(
    'npx',
    [
      '-y',
      ...packages.flatMap((name) => ['-p', name]),
      'node',
      join(
        import.meta.dirname ?? dirname(new URL(import.meta.url).pathname),
        'print-toolchain.mjs',
      ),
    ],
    { encoding: 'utf8', shell: process.platform === 'win32' },
  );
  if (found.status !== 0) {
    throw new Error(
      `npm could not bring ${packages.join(' and ')}. Check the network and that npm works, or install Node ${NODE_FALLBACK} yourself.\n${found.stderr ?? found.error}`,
    );
  }
  const toolchain = JSON.parse(found.stdout.trim().split('\n').at(-1));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(toolchain));
  return toolchain;
}
