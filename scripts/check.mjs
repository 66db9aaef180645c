// Everything that CI checks, in the order in which a failure is cheapest to find. The last line sums up for machines.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath } from './toolchain.mjs';

const root = join(import.meta.dirname, '..');
const REPORT = join(root, 'test/output/vitest.json');
const bin = (path) => join(root, 'node_modules', path);

const STEPS = [
  {
    name: 'lint and format',
    args: [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.'],
  },
  { name: 'types of tests', args: [bin('typescript/bin/tsc'), '-p', 'tsconfig.test.json'] },
  { name: 'types of the page', args: [bin('typescript/bin/tsc'), '-p', 'packages/web'] },
  { name: 'unused code', args: [bin('knip/bin/knip.js'), '--no-progress'] },
  { name: 'packaging', args: ['scripts/check-packaging.mjs'] },
];

function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Runs one step; its output is shown only when it fails, so that a pipe stays readable. */
function runStep({ name, args }) {
  const started = performance.now();
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const isGood = result.status === 0;
  say(`${isGood ? '✓' : '✗'} ${name} (${seconds} s)`);
  if (!isGood) say(`${result.stdout}${result.stderr}`);
  return isGood;
}

/** The page is tested in a real Chromium. CI, which is root on Debian, installs it; a person is told how. */
function ensureChromium() {
  const isThere =
    process.env.CHROMIUM_PATH || findOnPath('chromium') || existsSync('/usr/bin/chromium');
  if (isThere || process.env.CI !== 'true') return;
  say('installing Chromium from the Debian packages');
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
}

/**
 * Real programs that tests run against, such as the Collector and Prometheus: built once per machine, about ten minutes on
 * two cores. Without Go the tests that need them skip on a person's machine, and fail in CI.
 */
function ensureComponents() {
  spawnSync(process.execPath, ['scripts/components.mjs'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function runTests(args) {
  mkdirSync(join(root, 'test/output'), { recursive: true });
  rmSync(REPORT, { force: true });
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [
        bin('vitest/vitest.mjs'),
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${REPORT}`,
        ...args,
      ],
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
    );
    child.once('exit', (code) => resolve(code === 0));
  });
}

/** A file that failed before or outside its tests. */
function isBrokenFile(file) {
  return (
    file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')
  );
}

function counts() {
  if (!existsSync(REPORT)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(REPORT, 'utf8'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.testResults.filter(isBrokenFile).length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

const only = process.argv.slice(2);
const failedSteps = only.length > 0 ? 0 : STEPS.filter((step) => !runStep(step)).length;
ensureChromium();
if (only.length === 0 || process.env.CI === 'true') ensureComponents();
const isTested = await runTests(only);
const { passed, failed, skipped } = counts();
const isGood = isTested && failedSteps === 0;
const failedInAll = Math.max(failed + failedSteps, isGood ? 0 : 1);
say(`${passed} passed, ${failedInAll} failed, ${skipped} skipped`);
process.exitCode = isGood ? 0 : 1;
