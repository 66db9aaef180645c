import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'tokenmeter-folder-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('a folder', () => {
  test.for(['one', 'one', 'two/three/four', 'two/three/five', '.'])('is made: %s', async (name) => {
    await makeFolder(join(root, name));
    expect(existsSync(join(root, name))).toBe(true);
  });

  test('that is a file is an error', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(makeFolder(join(root, 'file'))).rejects.toThrow(/EEXIST/);
    await expect(makeFolder(join(root, 'file', 'below'))).rejects.toThrow(/ENOTDIR/);
  });

  test.skipIf(process.platform !== 'linux')(
    'that the system has no place for is an error',
    async () => {
      await expect(makeFolder('/proc/tokenmeter/dashboards')).rejects.toThrow(/ENOENT|EACCES/);
    },
  );
});
