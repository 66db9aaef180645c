import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const STAMPS = 'node_modules/.cache/tokenmeter';

function listFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

/** Packages whose content people read and copy lie at the top. */
const AT_THE_TOP = ['collector-config', 'dashboards'];

function workspacePackages(root) {
  const grouped = ['packages', 'examples'].flatMap((group) => {
    const folder = join(root, group);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((path) => existsSync(join(path, 'package.json')));
  });
  return [...grouped, ...AT_THE_TOP.map((name) => join(root, name)).filter(existsSync)];
}

function fingerprintOfManifests(root) {
  const hash = createHash('sha256');
  const manifests = workspacePackages(root).map((path) => join(path, 'package.json'));
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) {
    manifests.push(join(root, file));
  }
  for (const file of manifests.sort()) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

function fingerprintOfSources(root) {
  const hash = createHash('sha256');
  const files = workspacePackages(root).flatMap((path) => listFiles(path));
  files.push(join(root, 'tsconfig.base.json'), join(root, 'pnpm-lock.yaml'));
  for (const file of files.sort()) {
    const stat = statSync(file);
    hash.update(`${file}\0${stat.size}\0${stat.mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function isFresh(root, name, fingerprint) {
  const file = join(root, STAMPS, name);
  return existsSync(file) && readFileSync(file, 'utf8') === fingerprint;
}

function stamp(root, name, fingerprint) {
  mkdirSync(join(root, STAMPS), { recursive: true });
  writeFileSync(join(root, STAMPS, name), fingerprint);
}

/** The environment in which the toolchain's Node is `node`. */
export function environmentOf(toolchain) {
  return {
    ...process.env,
    PATH: [dirname(toolchain.node), dirname(toolchain.pnpm), process.env.PATH].join(delimiter),
  };
}

/** Runs a command to its end with its output on stderr; throws with that output's owner named when it fails. */
function run(root, toolchain, what, command, args) {
  const result = spawnSync(command, args, {
    cwd: root,
    env: environmentOf(toolchain),
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) {
    throw new Error(
      `${what} failed (${result.error?.message ?? `exit code ${result.status}`}); its messages are above.`,
    );
  }
}

function installIfNeeded(root, toolchain, say) {
  const fingerprint = fingerprintOfManifests(root);
  if (isFresh(root, 'installed', fingerprint)) return;
  say('installing packages');
  run(root, toolchain, 'pnpm install', toolchain.pnpm, [
    'install',
    '--frozen-lockfile',
    '--config.confirm-modules-purge=false',
    process.stderr.isTTY ? '--reporter=default' : '--reporter=silent',
  ]);
  stamp(root, 'installed', fingerprint);
}

/** Builds libraries and page side by side; neither reads the other's output. */
async function buildIfNeeded(root, toolchain, say) {
  const fingerprint = fingerprintOfSources(root);
  const outputs = ['packages/cli/dist/main.js', 'packages/web/dist/index.html'];
  const isBuilt = outputs.every((file) => existsSync(join(root, file)));
  if (isBuilt && isFresh(root, 'built', fingerprint)) return;
  say('building');
  const start = (command, args, cwd) =>
    new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        cwd: join(root, cwd),
        env: environmentOf(toolchain),
        stdio: ['ignore', 2, 2],
      });
      child.once('error', reject);
      child.once('exit', (code) =>
        code === 0
          ? resolve()
          : reject(new Error(`the build of ${cwd} failed; its messages are above.`)),
      );
    });
  // Both run to their end, so that one's messages never follow the other's failure.
  const builds = await Promise.allSettled([
    start(toolchain.node, ['node_modules/typescript/bin/tsc', '-b'], '.'),
    start(
      toolchain.node,
      ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'],
      'packages/web',
    ),
  ]);
  const failure = builds.find((build) => build.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  stamp(root, 'built', fingerprint);
}

/** Brings the checkout to a state in which everything runs; does nothing when it already is. */
export async function setUp(root, toolchain, say) {
  installIfNeeded(root, toolchain, say);
  await buildIfNeeded(root, toolchain, say);
}
