import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, runNode } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';

const isComplete = findComponent('collector').isThere && findComponent('prometheus').isThere;

test.skipIf(!isComplete)(
  'the demo shows the same dollars in Prometheus and in the embedded server',
  { timeout: 400_000 },
  async () => {
    const main = join(root, 'examples/demo/dist/collector-main.js');
    const finished = await runNode([main, '--seconds', '5'], {
      timeoutMs: 380_000,
      // The programs are in the user's cache.
      env: { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? '' },
    });
    expect(finished.stdout).toContain('Both show the same dollars.');
    expect(finished.code).toBe(0);
  },
);
