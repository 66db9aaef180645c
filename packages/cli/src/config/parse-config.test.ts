import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ReadSecret } from './check-secrets.ts';
import { renderConfigProblems } from './config-problem.ts';
import { parseConfig } from './parse-config.ts';
import { renderConfigSchema } from './render-config-schema.ts';

const ROOT = new URL('../../../../', import.meta.url);
const present: ReadSecret = () => ({ ok: true, value: 'x' });
const absent: ReadSecret = (reference) => ({
  ok: false,
  problem: 'env' in reference ? `no ${reference.env}` : `no ${reference.file}`,
});

function problemsOf(text: string, read = present): string {
  const parsed = parseConfig(text, read);
  return parsed.ok ? '' : renderConfigProblems('t.yaml', parsed.problems);
}

test('the complete example is good', () => {
  const text = readFileSync(new URL('examples/config/tokenmeter.yaml', ROOT), 'utf8');
  const parsed = parseConfig(text, present);
  expect(parsed.ok ? [] : parsed.problems).toEqual([]);
});

test('an empty file is the default configuration', () => {
  expect(parseConfig('', present)).toMatchObject({
    ok: true,
    config: { channels: {}, routes: [] },
  });
});

test('the schema that is checked in is the one that the code has', () => {
  const checkedIn = readFileSync(new URL('docs/generated/tokenmeter.schema.json', ROOT), 'utf8');
  // Made with: npm run tokenmeter -- config schema > docs/generated/tokenmeter.schema.json
  expect(checkedIn).toBe(renderConfigSchema());
});

test('every problem is told at once, with its place', () => {
  const text = [
    'timeZone: Berlin',
    'chanels: {}',
    'channels:',
    '  chat: { type: slack, webhookUrl: https://hooks.example.com/secret-path }',
    '  machines: { type: webhook, url: "ftp://example.com", secret: { env: HOOK } }',
    '  pager: { type: pagerduti, routingKey: { env: KEY } }',
    'routes:',
    '  - { channels: [chat, nowhere], escalation: none }',
    '  - match: { severity: fatal }',
    '    channels: [chat]',
    '    groupWait: 30',
    '    quietHours: [nights]',
    'mutes:',
    '  - { match: {}, from: 2026-12-02T00:00:00Z, until: 2026-12-01T00:00:00Z }',
    'fallbackChannel: mail',
    'worker: { shard: 9/8 }',
    '',
  ].join('\n');
  const told = problemsOf(text, absent);
  expect(told.split('\n')).toEqual([
    't.yaml:1:1 timeZone: not a time zone; use an IANA name such as Europe/Berlin or UTC',
    't.yaml:2:1 chanels: there is no such key',
    't.yaml:4:24 channels.chat.webhookUrl: a secret is written as { env: NAME } or { file: PATH }, never as its value',
    expect.stringMatching(/^t\.yaml:5:30 channels\.machines\.url: /),
    't.yaml:5:56 channels.machines.secret: no HOOK',
    expect.stringMatching(/^t\.yaml:6:12 channels\.pager\.type: /),
    't.yaml:6:29 channels.pager.routingKey: no KEY',
    't.yaml:8:24 routes[0].channels[1]: nothing in channels is called "nowhere"; there are chat, machines, pager',
    't.yaml:8:34 routes[0].escalation: nothing in escalations is called "none"; none is defined',
    't.yaml:9:14 routes[1].match.severity: expected info, warning or critical, or a list of them',
    't.yaml:11:5 routes[1].groupWait: write a time such as 30s, 5m, 4h or 1d',
    't.yaml:12:18 routes[1].quietHours[0]: nothing in quietHours is called "nights"; none is defined',
    't.yaml:14:46 mutes[0].until: until must be after from',
    't.yaml:15:1 fallbackChannel: nothing in channels is called "mail"; there are chat, machines, pager',
    't.yaml:16:11 worker.shard: must be I/N such as 2/8, I from 1 to N',
  ]);
  expect(told).not.toContain('secret-path');
});

test.for([
  {
    note: 'a repeated key',
    text: 'timeZone: UTC\ntimeZone: UTC\nx: 1\n',
    want: [/:2:1 .*unique/, /:3:1 x:/],
  },
  { note: 'broken YAML', text: 'routes: [\n', want: [/t\.yaml:/] },
  { note: 'a list', text: '- 1\n', want: [/expected.*object/i] },
  {
    note: 'both kinds of source',
    text: 'source: {url: http://a}\nsources: [{url: http://b}]\n',
    want: [/:2:1 sources: give either/],
  },
  {
    note: 'a rule with a gate that does not exist',
    text: 'rules:\n  volume: { warningRatio: -1, size: 3 }\n',
    want: [/:2:13 rules\.volume\.warningRatio: /, /:2:31 rules\.volume\.size: /],
  },
  {
    note: 'a source without a URL',
    text: 'source:\n  lagSeconds: 9999\n',
    want: [/:1:1 source\.url: /, /:2:3 source\.lagSeconds: /],
  },
  {
    note: 'two routes of one name',
    text: 'routes:\n- {name: a, channels: []}\n- {name: a, channels: []}\n',
    want: [/:3:4 routes\[1\]\.name: routes\[0\]/],
  },
])('$note is a problem with its place', ({ text, want }) => {
  const told = problemsOf(text).split('\n');
  expect(told).toHaveLength(want.length);
  for (const [index, line] of told.entries()) expect(line).toMatch(want[index] ?? /^$/);
});

test('anchors may be shared', () => {
  expect(problemsOf('quietHours:\n  a: &h { from: 20:00, to: 08:00 }\n  b: *h\n')).toBe('');
});

test('without a reader secrets are not looked for', () => {
  const text = 'heartbeat: { url: { env: NOT_THERE } }\n';
  expect(parseConfig(text, undefined).ok).toBe(true);
  expect(problemsOf(text, absent)).toBe('t.yaml:1:14 heartbeat.url: no NOT_THERE');
});
