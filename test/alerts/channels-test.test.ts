import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createAlertmanagerFake,
  createDiscordFake,
  createPagerDutyFake,
  createSlackApiFake,
  createSlackWebhookFake,
  createTeamsFake,
  type VendorRequest,
} from '@tokenmeter/testkit';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { startHttpFarEnd } from '../../packages/worker/src/http-far-end.test-kit.ts';
import { startSmtpFarEnd } from '../../packages/worker/src/smtp-far-end.test-kit.ts';
import { makeFolder, runTokenmeter } from '../e2e/run-process.ts';

const TOKEN = 'xoxb-hidden-token';
const KEY = 'hidden7890123456789012345678901a';
const SECRET = `whsec_${Buffer.from('hidden hidden hidden hidden').toString('base64')}`;

/** All vendors on one port, told apart by their path. */
async function startVendors() {
  const fakes = {
    '/slack-hook': createSlackWebhookFake(),
    '/api': createSlackApiFake({ token: TOKEN, channel: '#spend' }),
    '/v2/enqueue': createPagerDutyFake(KEY),
    '/teams': createTeamsFake(),
    '/discord': createDiscordFake(),
    '/api/v2/alerts': createAlertmanagerFake(),
  } as const;
  const byPath = Object.entries(fakes).sort(([a], [b]) => b.length - a.length);
  const seen: VendorRequest[] = [];
  const far = await startHttpFarEnd({ kind: 'accepts' }, (request) => {
    if (request.path.startsWith('/signed')) {
      new Webhook(SECRET).verify(request.body, { ...request.headers });
    }
    seen.push(request);
    const fake = byPath.find(([path]) => request.path.startsWith(path))?.[1];
    return fake?.answer(request) ?? { status: 204 };
  });
  return { ...far, fakes, seen, [Symbol.asyncDispose]: far.close };
}

const configOf = (origin: string, smtpPort: number, allowed: readonly string[]): string => `
timeZone: Europe/Berlin
allowPrivateAddresses: ${JSON.stringify(allowed)}
channels:
  hook: { type: slack, webhookUrl: { env: SLACK_URL } }
  bot: { type: slack, botToken: { file: token.txt }, channel: "#spend", apiUrl: "${origin}/api" }
  pager: { type: pagerduty, routingKey: { env: PAGER_KEY }, apiUrl: "${origin}" }
  mail: { type: email, host: 127.0.0.1, port: ${smtpPort}, security: none, from: a@example.com, to: b@example.com }
  signed: { type: webhook, url: "${origin}/signed", secret: [{ env: HOOK_SECRET }] }
  teams: { type: teams, url: { env: TEAMS_URL } }
  discord: { type: discord, url: { env: DISCORD_URL } }
  alertmanager: { type: alertmanager, url: "${origin}" }
  json: { type: http, url: "${origin}/json", headers: { x-key: { env: HOOK_SECRET } }, body: { text: "{{title}}" } }
  out: { type: stdout, format: json }
`;
const NAMES = [
  'hook',
  'bot',
  'pager',
  'mail',
  'signed',
  'teams',
  'discord',
  'alertmanager',
  'json',
  'out',
];

async function runTest(allowed: readonly string[], args: readonly string[] = []) {
  await using folder = await makeFolder();
  await using vendors = await startVendors();
  const mail = await startSmtpFarEnd({ kind: 'accepts' });
  try {
    const { origin } = vendors;
    await writeFile(join(folder.path, 'token.txt'), `${TOKEN}\n`);
    await writeFile(join(folder.path, 'tokenmeter.yaml'), configOf(origin, mail.port, allowed));
    const finished = await runTokenmeter(['alerts', 'test', ...args], {
      cwd: folder.path,
      env: {
        SLACK_URL: `${origin}/slack-hook/hidden`,
        TEAMS_URL: `${origin}/teams/hidden`,
        DISCORD_URL: `${origin}/discord/hidden`,
        PAGER_KEY: KEY,
        HOOK_SECRET: SECRET,
      },
    });
    return { finished, vendors, mails: mail.received };
  } finally {
    await mail.close();
  }
}

test('a marked test goes through every configured channel, and each answer is told', async () => {
  const { finished, vendors, mails } = await runTest(['127.0.0.1']);
  expect(finished.stderr.match(/✓ (\w+): delivered/g)?.sort()).toEqual(
    NAMES.map((name) => `✓ ${name}: delivered`).sort(),
  );
  expect(finished.code).toBe(0);
  expect(finished.stdout + finished.stderr).not.toMatch(/hidden|whsec_|xoxb/);
  const { '/slack-hook': hook, '/api': api, '/v2/enqueue': pager, ...others } = vendors.fakes;
  const refusals = Object.values(vendors.fakes).flatMap((fake) => fake.refusals);
  expect(refusals).toEqual([]);
  expect([hook.messages.length, api.messages.length, pager.messages.length]).toEqual([1, 1, 2]);
  for (const { messages } of Object.values(others))
    expect(JSON.stringify(messages)).toContain('TEST Tokenmeter');
  expect(mails.map(({ mail }) => mail.subject)).toEqual(['TEST Tokenmeter: this channel works']);
  expect(finished.stdout).toContain('"transition":"test"');
});

test('webhooks to a private address are refused unless allowed, and nothing is sent there', async () => {
  const { finished, vendors } = await runTest([]);
  for (const name of ['hook', 'bot', 'pager', 'signed', 'teams', 'discord', 'json']) {
    expect(finished.stderr).toMatch(new RegExp(`✗ ${name}: the address is private`));
  }
  expect(finished.code).toBe(1);
  expect(vendors.seen.map(({ path }) => path)).toEqual(['/api/v2/alerts']);
});

test('one channel is tested alone, for machines if wanted', async () => {
  const { finished, vendors } = await runTest(['127.0.0.1'], ['--channel', 'teams', '--json']);
  expect(JSON.parse(finished.stdout)).toMatchObject({ channel: 'teams', outcome: 'delivered' });
  expect(vendors.seen).toHaveLength(1);
});

test('a channel that is not configured is an error that names those that are', async () => {
  const { finished } = await runTest([], ['--channel', 'pigeon']);
  expect(finished.code).toBe(2);
  expect(finished.stderr).toContain(`channels are: ${NAMES.join(', ')}`);
});
