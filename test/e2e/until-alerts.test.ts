import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, runNode } from './run-process.ts';

const demo = join(root, 'examples/demo/dist/main.js');

/** The first alert of a rule on a feature in what the demo printed. */
function alertOf(stdout: string, rule: string, feature: string): string {
  const alerts = stdout.split(/\n(?=(?:WARNING|CRITICAL) )/);
  const title = new RegExp(`^(?:WARNING|CRITICAL) ${rule}: helpdesk/${feature}`);
  return alerts.find((alert) => title.test(alert)) ?? '';
}

/** What was told, each incident once however often it was told. */
function incidentsIn(stdout: string): readonly string[] {
  const titles = stdout.matchAll(/^(?:INFO|WARNING|CRITICAL) ([a-z ]+: [^ ,]+)/gm);
  return [...new Set([...titles].map(([, title = '']) => title))].sort();
}

test('the demo’s incidents come from real calls and are detected, explained and delivered', async () => {
  const { code, stdout, stderr, seconds } = await runNode([demo, '--until-alerts', '--port', '0'], {
    timeoutMs: 280_000,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(incidentsIn(stdout)).toEqual([
    'cache hit rate: helpdesk/search-answers',
    'cost per request: helpdesk/summarize',
    'model drift: helpdesk/triage/claude-opus-4-5',
    'volume: helpdesk/smart-reply',
  ]);
  expect(alertOf(stdout, 'volume', 'smart-reply')).toMatch(/Why: volume \+\$/);
  expect(alertOf(stdout, 'cost per request', 'summarize')).toMatch(
    /Why: .*(?:input|output) tokens per call \+\$/,
  );
  expect(alertOf(stdout, 'cache hit rate', 'search-answers')).toMatch(/Why: cache \+\$/);
  expect(alertOf(stdout, 'model drift', 'triage')).toMatch(/Why: mix of models and features \+\$/);
  for (const channel of ['Slack', 'PagerDuty', 'mail', 'webhook']) {
    const report = stdout.slice(stdout.lastIndexOf('All four incidents')).split(/\n {2}(?! )/);
    const received = report.find((part) => part.startsWith(channel)) ?? '';
    for (const place of ['smart-reply', 'summarize', 'search-answers', 'triage']) {
      expect(received).toContain(`helpdesk/${place}`);
    }
  }
  expect(seconds).toBeLessThan(270);
}, 290_000);
