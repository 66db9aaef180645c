// The one entry of `npm start`, `npm test`, `npm run bench`, `npm run components` and `npm run tokenmeter`: runs on any
// Node from 18 on, brings what is missing, then hands over to the real program with the right Node. Its own words go to
// stderr.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentOf, setUp } from './set-up.mjs';
import { findToolchain } from './toolchain.mjs';

const TASKS = {
  start: 'examples/demo/dist/main.js',
  'demo:collector': 'examples/demo/dist/collector-main.js',
  test: 'scripts/check.mjs',
  bench: 'test/bench/main.mjs',
  components: 'scripts/components.mjs',
  pack: 'scripts/pack.mjs',
  tokenmeter: 'packages/cli/dist/main.js',
};

const PARENT_POLL_MS = 250;

function handOver(root, toolchain, target, args) {
  const child = spawn(toolchain.node, [join(root, target), ...args], {
    stdio: 'inherit',
    env: environmentOf(toolchain),
    // `npm run` changes into the root; the person's own folder is where files they name are.
    cwd: target.startsWith('packages/cli') ? (process.env.INIT_CWD ?? process.cwd()) : root,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well; a second one would look like impatience.
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    });
  }
  // `npm run` puts a shell between itself and this; a signal to npm ends the shell, and nobody tells us.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, PARENT_POLL_MS);
  watch.unref();
  child.once('error', (error) => {
    process.stderr.write(`tokenmeter: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}

const [task, ...args] = process.argv.slice(2);
const target = TASKS[task];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const startedMs = Date.now();
const say = (text) => {
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(0);
  process.stderr.write(`[set-up ${seconds}s] ${text}\n`);
};
try {
  if (target === undefined) {
    throw new Error(`unknown task ${task}; one of ${Object.keys(TASKS).join(', ')}`);
  }
  const toolchain = findToolchain(say);
  await setUp(root, toolchain, say);
  handOver(root, toolchain, target, args);
} catch (error) {
  process.stderr.write(`tokenmeter: ${error.message}\n`);
  process.exitCode = 1;
}
