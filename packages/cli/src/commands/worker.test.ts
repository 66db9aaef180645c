import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestIo } from '../io.test-kit.ts';
import { runCli } from '../run-cli.ts';

/** Starts a worker that is told to stop at once, in a folder with this budget. */
async function start(budget: string, shard: string): Promise<{ code: number; err: string }> {
  const cwd = mkdtempSync(join(tmpdir(), 'tokenmeter-worker-'));
  try {
    // Port 9 discards: nothing answers there.
    const source = 'source: { url: "http://127.0.0.1:9" }';
    writeFileSync(join(cwd, 'tokenmeter.yaml'), `${source}\nbudgets: [${budget}]\n`);
    let err = '';
    const io = createTestIo({
      cwd,
      stop: AbortSignal.abort(),
      stderr: (text) => {
        err += text;
      },
    });
    return { code: await runCli(['worker', '--shard', shard], io, '0'), err };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

test.for([
  { note: 'of all services', budget: '{ limitUsd: 9, period: day }', shard: '1/2', want: 2 },
  { note: 'of one', budget: '{ limitUsd: 9, period: day, service: shop }', shard: '1/2', want: 0 },
  { note: 'of all, unshared', budget: '{ limitUsd: 9, period: day }', shard: '1/1', want: 0 },
])(
  'a budget $note by a worker of shard $shard ends with $want',
  async ({ budget, shard, want }) => {
    const { code, err } = await start(budget, shard);
    expect(code).toBe(want);
    expect(err.includes('a budget without a service cannot be kept by --shard')).toBe(want === 2);
  },
);
