import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, runTokenmeter } from './run-process.ts';

test('the first configuration is good, as it stands and with all that waits in it', async () => {
  await using folder = await makeFolder();
  const file = join(folder.path, 'tokenmeter.yaml');
  const run = (...args: string[]) => runTokenmeter(['config', ...args], { cwd: folder.path });
  const written = await run('init');
  expect([written.code, written.stdout]).toEqual([
    0,
    expect.stringContaining('tokenmeter config check tokenmeter.yaml'),
  ]);
  expect((await run('check')).stdout).toBe(
    'tokenmeter.yaml is good: 0 channels, 0 routes, 1 budget, 0 sources.\n',
  );
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replaceAll('#:', ''));
  expect((await run('check', '--no-secrets')).stdout).toBe(
    'tokenmeter.yaml is good: 3 channels, 2 routes, 2 budgets, 0 sources.\n',
  );
});

test('a configuration that is there is never overwritten', async () => {
  await using folder = await makeFolder();
  const file = join(folder.path, 'mine.yaml');
  await writeFile(file, 'timeZone: UTC\n');
  const { code, stderr } = await runTokenmeter(['config', 'init', 'mine.yaml'], {
    cwd: folder.path,
  });
  expect([code, stderr]).toEqual([1, expect.stringContaining('mine.yaml is there already')]);
  expect(await readFile(file, 'utf8')).toBe('timeZone: UTC\n');
});
