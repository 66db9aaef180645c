import { spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, makeFolder, type RunningUp, root, startUp } from '../e2e/run-process.ts';
import { readRunbooks } from './read-runbooks.ts';
import { addIncident, fillLedger } from './runbook-ledger.ts';

const commands = readRunbooks();
const of = (language: string) => commands.filter((command) => command.language === language);
let folder: Awaited<ReturnType<typeof makeFolder>>;
let up: RunningUp;
let incident = '';

beforeAll(async () => {
  folder = await makeFolder();
  const dataDir = join(folder.path, '.tokenmeter');
  await mkdir(dataDir);
  const shim = join(folder.path, 'tokenmeter');
  const main = join(root, 'packages/cli/dist/main.js');
  await writeFile(shim, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  await chmod(shim, 0o755);
  await writeFile(join(folder.path, 'tokenmeter.yaml'), 'timeZone: UTC\n');
  up = await startUp(dataDir);
  await fillLedger(up.url);
  incident = addIncident(dataDir);
});
afterAll(async () => {
  await up[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** Runs a line as a person would, in the folder that holds the ledger. */
function run(line: string, input = ''): { code: number | null; stdout: string; stderr: string } {
  const port = new URL(up.url).port;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line.replace(':4318/', `:${port}/`)], {
    cwd: folder.path,
    input,
    encoding: 'utf8',
    env: {
      ...cleanEnvironment(),
      PATH: `${folder.path}:${process.env.PATH}`,
      INCIDENT: incident,
    },
  });
  return { code: status, stdout, stderr };
}

test.for(of('sql'))('$runbook: the query finds something: $text', async ({ text }) => {
  const answer = await fetch(`${up.url}/api/v1/sql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql: text }),
  });
  const result: unknown = await answer.json();
  expect(result).toMatchObject({ rows: expect.arrayContaining([expect.anything()]) });
});

test('a query can be given to the command as it stands', () => {
  const [query] = of('sql');
  const finished = run('tokenmeter sql - --json', query?.text);
  expect(finished).toMatchObject({ code: 0, stderr: '' });
  expect(finished.stdout).not.toBe('');
});

test.for(
  of('sh').flatMap(({ runbook, text }) => text.split('\n').map((line) => ({ runbook, line }))),
)('$runbook: $line', ({ line }) => {
  const asks = line.startsWith('tokenmeter ledger reprice');
  const finished = run(asks ? `${line} --yes` : line);
  expect(finished).toMatchObject({ code: 0 });
  expect(finished.stdout.trim()).not.toBe('');
});

test('the price file of the runbook is a good one', async () => {
  const [file] = of('json');
  await writeFile(join(folder.path, 'ours.json'), file?.text ?? '');
  expect(run('tokenmeter prices check ours.json')).toMatchObject({ code: 0 });
  const priced = run(
    'tokenmeter price acme-large-2 --provider acme --input 1000000 --output 500000 --prices ours.json --json',
  );
  expect(priced.stdout).toMatch(/"costUsd":6\b|"cost_usd":6\b/);
});
