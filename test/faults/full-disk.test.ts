import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeSpan, traceRequest } from '../e2e/otlp-client.ts';
import { makeFolder, runTokenmeter, startUp } from '../e2e/run-process.ts';

const SPANS = 500;

/** A disk of some megabytes at `path`; undefined where this user may not mount one. */
function mountSmallDisk(path: string): AsyncDisposable | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    process.stderr.write('skipped: a small disk can only be mounted by root\n');
    return undefined;
  }
  return {
    async [Symbol.asyncDispose]() {
      execFileSync('umount', ['-l', path], { stdio: 'ignore' });
    },
  };
}

/** Calls whose texts do not compress. */
function someCalls(): unknown {
  const text = (): string => randomBytes(60).toString('hex');
  const spans = Array.from({ length: SPANS }, () =>
    makeSpan(Date.now() - 5000, { 'tokenmeter.feature': text(), 'user.id': text() }),
  );
  return traceRequest('shop', spans);
}

/** Sends until the receiver is gone; gives how many calls it acknowledged. */
async function fillUp(url: string): Promise<number> {
  let acknowledged = 0;
  for (;;) {
    try {
      const answer = await fetch(`${url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(someCalls()),
      });
      await answer.arrayBuffer();
      if (answer.status === 200) acknowledged += SPANS;
    } catch {
      return acknowledged;
    }
  }
}

test('a full disk ends it with the reason, and what was acknowledged is there after a new start', async () => {
  await using folder = await makeFolder();
  await using disk = mountSmallDisk(folder.path);
  if (disk === undefined) return;
  let acknowledged = 0;
  {
    await using up = await startUp(folder.path);
    acknowledged = await fillUp(up.url);
    expect(await up.ended).toBe(1);
    expect(up.output()).toContain('the ledger cannot go on: its disk is full');
  }
  execFileSync('mount', ['-o', 'remount,size=200m', folder.path]);
  await using again = await startUp(folder.path);
  void again;
  const count = 'SELECT count(*) AS calls FROM llm_telemetry';
  const { stdout } = await runTokenmeter(['sql', '--data', folder.path, '--json', count]);
  const { calls } = JSON.parse(stdout);
  expect(calls).toBeGreaterThanOrEqual(acknowledged);
  // At most the request that was under way is there without its answer.
  expect(calls).toBeLessThanOrEqual(acknowledged + SPANS);
}, 120_000);
