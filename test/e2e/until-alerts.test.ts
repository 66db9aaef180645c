import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, runNode } from './run-process.ts';

const demo = join(root, 'examples/demo/dist/main.js');

test('the demo’s incidents come from real calls and are detected, explained and delivered', async () => {
  const { code, stdout, stderr, seconds } = await runNode([demo, '--until-alerts', '--port', '0'], {
    timeoutMs: 280_000,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/(WARNING|CRITICAL) volume: helpdesk\/smart-reply/);
  expect(stdout).toMatch(/(WARNING|CRITICAL) cost per request: helpdesk\/summarize/);
  expect(stdout).toMatch(/Why: volume \+\$/);
  expect(stdout).toMatch(/Why: .*input tokens per call \+\$/);
  expect(seconds).toBeLessThan(270);
}, 290_000);
