import { expect, test } from 'vitest';
import { type Received, SLACK_CHANNEL, SLACK_TOKEN, startStandins } from './standins.ts';
import { renderChannelReport } from './standins-report.ts';

test('the stand-ins report what they took, and refuse what the real ones would', async () => {
  const seen: Received[] = [];
  await using receivers = await startStandins((message) => seen.push(message));
  const postTo = (path: string, body: unknown, token = SLACK_TOKEN) =>
    fetch(`${receivers.apiUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
  const message = { channel: SLACK_CHANNEL, text: 'CRITICAL volume' };
  await postTo('/api/chat.postMessage', message);
  await postTo('/api/chat.postMessage', message, 'xoxb-other');
  const answer = await postTo('/v2/enqueue', { routing_key: 'short', event_action: 'trigger' });
  expect(answer.status).toBe(400);
  expect(seen).toEqual([{ channel: 'slack', headline: 'CRITICAL volume' }]);
  expect(receivers.refusals()).toEqual(['invalid_auth', expect.stringContaining('routing_key')]);
});

test('the report counts and cuts', () => {
  const received = Array.from({ length: 14 }, (_, index) => ({
    channel: 'mail' as const,
    headline: `mail ${index}`,
  }));
  const lines = renderChannelReport(received, ['signed']);
  expect(lines.filter((line) => line.includes('received'))).toEqual([
    '  Slack, one message per incident: 0 received',
    '  PagerDuty, Events API v2: 0 received',
    '  mail, by SMTP: 14 received',
    '  webhook, signatures verified: 1 received',
  ]);
  expect(lines).toContain('    and 2 more');
});
