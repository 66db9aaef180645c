import { expect, test } from 'vitest';
import { readAlertLine } from './alert.ts';
import { AlertWatch } from './alert-watch.ts';

const alert = (rule: string, feature: string | undefined, transition = 'firing') => ({
  rule,
  feature,
  transition,
  text: '',
});

const HEADLINES = [
  '🔴 CRITICAL volume: helpdesk/smart-reply, 10x the expected',
  'WARNING cost per request: helpdesk/summarize, 2.9x the expected',
  'trigger CRITICAL cache hit rate: helpdesk/search-answers, 2.0 % of calls',
  'CRITICAL model drift: helpdesk/triage/gpt-5.2-pro, 40.0 % of calls',
];

test('the watch is complete once all incidents came through all channels', async () => {
  const watch = new AlertWatch();
  for (const channel of ['slack', 'pagerduty', 'mail'] as const) {
    for (const headline of HEADLINES) watch.noteHeadline(channel, headline);
  }
  for (const channel of ['stdout', 'webhook'] as const) {
    watch.note(channel, alert('volume', 'smart-reply'));
    watch.note(channel, alert('cache_hit_rate', 'search-answers'));
    watch.note(channel, alert('model_drift', 'triage'));
  }
  watch.note('stdout', alert('cost_per_request', 'summarize'));
  expect(watch.missing()).toEqual(['cost_per_request of summarize by webhook']);
  watch.note('webhook', alert('cost_per_request', 'summarize', 'escalated'));
  expect(watch.missing()).toEqual([]);
  await watch.complete;
});

test.for([
  { note: 'tests', given: alert('volume', 'smart-reply', 'test') },
  { note: 'ends of incidents', given: alert('volume', 'smart-reply', 'resolved') },
  { note: 'incidents of other features', given: alert('volume', 'triage') },
  { note: 'incidents of no feature', given: alert('volume', undefined) },
])('$note do not count', ({ given }) => {
  const watch = new AlertWatch();
  watch.note('stdout', given);
  expect(watch.missing().length).toBe(20);
});

test('an incident that the schedule does not bring about is unexpected, once', () => {
  const watch = new AlertWatch();
  watch.note('stdout', alert('cost_per_request', 'triage'));
  watch.note('webhook', alert('cost_per_request', 'triage', 'escalated'));
  watch.note('stdout', alert('slow_burn', undefined));
  watch.note('stdout', alert('model_drift', 'triage'));
  watch.note('stdout', alert('volume', 'triage', 'resolved'));
  expect(watch.unexpected()).toEqual(['cost_per_request of triage', 'slow_burn']);
});

test.for([
  '✅ RESOLVED volume: helpdesk/smart-reply',
  'RESOLVED volume: helpdesk/smart-reply',
  'resolve inc-1',
  'TEST Tokenmeter',
])('the headline %j does not count', (headline) => {
  const watch = new AlertWatch();
  watch.noteHeadline('slack', headline);
  expect(watch.missing().length).toBe(20);
});

test.for(['', 'Tokenmeter is running.', '{"event":"ready","url":"http://x"}', '[]', '{"data":3}'])(
  'the line %j is no alert',
  (line) => {
    expect(readAlertLine(line)).toBeUndefined();
  },
);
