import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      '{packages,examples}/*/src/**/*.test.ts',
      '{collector-config,dashboards,test}/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores are the smallest machine this runs on; real servers share them with the tests.
    maxWorkers: 2,
  },
});
