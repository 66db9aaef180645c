import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** Their modules hold no state that one file could leave to another, so files share a process and what it has loaded. */
const PURE = ['packages/{anomaly,core,pricing,semconv}/src/**/*.test.ts'];

export default defineConfig({
  test: {
    exclude: ['**/node_modules/**', '**/dist/**'],
    // Deadlines cost nothing when all is well; a test that promises a time measures it.
    testTimeout: 240_000,
    hookTimeout: 400_000,
    expect: { poll: { timeout: 60_000 } },
    // One more than cores, since tests of real programs also wait; not more than some, since they share the machine.
    maxWorkers: Math.min(4, availableParallelism() + 1),
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      {
        extends: true,
        test: {
          name: 'rest',
          include: [
            '{packages,examples}/*/src/**/*.test.ts',
            '{collector-config,dashboards,test}/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/dist/**', ...PURE],
        },
      },
    ],
  },
});
