import { join } from 'node:path';
import type { RuleName } from '@tokenmeter/anomaly';
import { describe, expect, test } from 'vitest';
import { FINDINGS, noticeOf, STARTED } from '../alerts.test-kit.ts';
import { startHttpFarEnd } from '../http-far-end.test-kit.ts';
import type { Notice, Notifier } from '../ports.ts';
import { createAlertmanagerNotifier } from './alertmanager-notifier.ts';
import { createDiscordNotifier, createTeamsNotifier } from './chat-notifier.ts';
import { renderMail } from './email-message.ts';
import { createPagerDutyNotifier } from './pagerduty-notifier.ts';
import { createSlackWebhookNotifier } from './slack-notifier.ts';
import { createWebhookNotifier } from './webhook-notifier.ts';

const RULES = [
  'volume',
  'cost_per_request',
  'cache_hit_rate',
  'model_drift',
  'budget',
  'slow_burn',
  'unpriced',
  'coverage',
  'pipeline_gap',
] as const satisfies readonly RuleName[];
const timeZone = 'Europe/Berlin';
const SECRET = `whsec_${Buffer.alloc(24).toString('base64')}`;

const CHANNELS: Readonly<Record<string, (url: string) => Notifier>> = {
  slack: (url) => createSlackWebhookNotifier({ url, timeZone }),
  pagerduty: (url) =>
    createPagerDutyNotifier({ routingKey: 'a'.repeat(32), apiUrl: url, timeZone }),
  webhook: (url) => createWebhookNotifier({ url, secret: SECRET }),
  teams: (url) => createTeamsNotifier({ url, timeZone }),
  discord: (url) => createDiscordNotifier({ url, timeZone }),
  alertmanager: (url) =>
    createAlertmanagerNotifier({ url, timeZone, now: () => STARTED + 3_600_000 }),
};

const fileOf = (rule: string, name: string): string =>
  join(import.meta.dirname, 'golden', rule, name);

/** What a channel really sends. */
async function bodyOf(create: (url: string) => Notifier, notice: Notice): Promise<string> {
  const far = await startHttpFarEnd({ kind: 'accepts' }, () => ({ status: 200 }));
  try {
    await create(far.origin).send(notice, new AbortController().signal);
    const bodies = far.received.map(({ body }): unknown => JSON.parse(body));
    return `${JSON.stringify(bodies.length === 1 ? bodies[0] : bodies, null, 2)}\n`;
  } finally {
    await far.close();
  }
}

test('every rule has its golden files', () => {
  expect(Object.keys(FINDINGS).sort()).toEqual([...RULES].sort());
});

describe.for(RULES)('%s', (rule) => {
  test.for(Object.entries(CHANNELS))('looks as agreed in %s', async ([name, create]) => {
    const body = await bodyOf(create, noticeOf(rule));
    await expect(body).toMatchFileSnapshot(fileOf(rule, `${name}.json`));
  });

  test('looks as agreed as text', async () => {
    await expect(`${noticeOf(rule).text}\n`).toMatchFileSnapshot(fileOf(rule, 'text.txt'));
    const end = { transition: 'resolved', epochMs: STARTED + 3_600_000 } as const;
    const ended = `${noticeOf(rule, end).text}\n`;
    await expect(ended).toMatchFileSnapshot(fileOf(rule, 'resolved.txt'));
  });

  test('looks as agreed as a mail', async () => {
    const { html, text, ...rest } = renderMail(noticeOf(rule), { domain: 'example.com', timeZone });
    await expect(html).toMatchFileSnapshot(fileOf(rule, 'mail.html'));
    await expect(`${JSON.stringify(rest, null, 2)}\n\n${text}`).toMatchFileSnapshot(
      fileOf(rule, 'mail.txt'),
    );
  });
});
