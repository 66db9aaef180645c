import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startOtlpSink } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { makeFolder } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { foreignSpans, sendTraces } from './foreign-spans.ts';
import { runCollector } from './run-collector.ts';

const collector = findComponent('collector');
const binary = collector.isThere ? collector.path : '';

/** A disk of a few megabytes under `path`; undefined where this user may not mount one. */
function mountSmallDisk(path: string): AsyncDisposable | undefined {
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', path], { stdio: 'ignore' });
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

test.skipIf(!collector.isThere)(
  'a full disk refuses with an answer that says try again, and takes more once there is room',
  { timeout: 400_000 },
  async ({ skip }) => {
    await using folder = await makeFolder();
    const queue = join(folder.path, 'queue');
    await using disk = mountSmallDisk(queue);
    if (disk === undefined) return skip();
    await using sink = await startOtlpSink();
    sink.behave({ kind: 'refuse', status: 503 });
    await using running = await runCollector({
      binary,
      folder: folder.path,
      backends: ['otlp'],
      args: ['--drain', '30'],
      env: { TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url, TOKENMETER_QUEUE_DIR: queue },
    });
    const note = 'x'.repeat(400);
    const acknowledged = new Set<string>();
    let refusedSpans = 0;
    const send = async (): Promise<number> => {
      const calls = Array.from({ length: 50 }, (_, index) => ({
        attributes: { 'session.id': `${index}-${note}` },
      }));
      const body = foreignSpans(calls);
      const status = await sendTraces(running.url, body);
      if (status === 200) {
        for (const [, id = ''] of body.matchAll(/"spanId":"([0-9a-f]{16})"/g)) acknowledged.add(id);
      } else {
        refusedSpans += calls.length;
      }
      return status;
    };
    let refused = 0;
    for (let tries = 0; tries < 600 && refused === 0; tries += 1) {
      const status = await send();
      if (status !== 200) refused = status;
    }
    // OTLP/HTTP: 429, 502, 503 and 504 are those that a sender repeats.
    expect([429, 502, 503, 504]).toContain(refused);
    sink.behave({ kind: 'accept' });
    await expect.poll(send, { timeout: 240_000, interval: 1000 }).toBe(200);
    const has = (): boolean =>
      new Set(sink.spans().map(({ spanId }) => spanId)).size >= acknowledged.size;
    await sink.until(has, 120_000);
    await running.stop();
    const there = new Set(sink.spans().map(({ spanId }) => spanId));
    expect([...acknowledged].filter((id) => !there.has(id))).toEqual([]);
    const counted = sink.sumOf('tokenmeter.calls');
    expect(counted).toBeGreaterThanOrEqual(acknowledged.size);
    // The journal may have had room for the money of spans that their own queue had none for, and repeats its batch in flight
    // while a backend's queue cannot be written.
    expect(counted).toBeLessThanOrEqual(2 * (acknowledged.size + refusedSpans));
    process.stderr.write(
      `disk full: ${refused}; ${acknowledged.size} spans taken, ${refusedSpans} refused, ${counted} calls counted\n`,
    );
  },
);
