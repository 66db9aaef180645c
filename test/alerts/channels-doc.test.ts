import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, root, runTokenmeter } from '../e2e/run-process.ts';

test('the examples of docs/channels.md are one good configuration', async () => {
  await using folder = await makeFolder();
  const text = readFileSync(join(root, 'docs/channels.md'), 'utf8');
  const blocks = [...text.matchAll(/^```yaml\nchannels:\n([\s\S]*?)^```$/gm)].map(
    ([, body]) => body,
  );
  expect(blocks.length).toBeGreaterThan(6);
  await writeFile(join(folder.path, 'tokenmeter.yaml'), `channels:\n${blocks.join('')}`);
  const args = ['config', 'check', '--no-secrets'];
  const finished = await runTokenmeter(args, { cwd: folder.path });
  expect(finished.stderr).toBe('');
  expect(finished.stdout).toContain('9 channels');
});
