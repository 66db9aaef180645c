import type { RuleName } from '@tokenmeter/anomaly';
import {
  createDiscordFake,
  createPagerDutyFake,
  createSlackWebhookFake,
  createTeamsFake,
} from '@tokenmeter/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FINDINGS, noticeOf } from '../alerts.test-kit.ts';
import type { Notice } from '../ports.ts';
import { describeAlert } from './describe-alert.ts';
import { renderDiscordMessage } from './discord-embed.ts';
import { renderAlertHtml } from './email-html.ts';
import { renderPagerDutyEvent } from './pagerduty-event.ts';
import { renderSlackMessage } from './slack-blocks.ts';
import { renderTeamsMessage } from './teams-card.ts';

const isRule = (name: string): name is RuleName => Object.hasOwn(FINDINGS, name);
const RULES = Object.keys(FINDINGS).filter(isRule);
const KEY = 'a'.repeat(32);

const number = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -1, 1e15, Number.NaN, Number.POSITIVE_INFINITY),
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', 'x'.repeat(5000), '*_`~<>&|\\'.repeat(90)),
);
const notices: fc.Arbitrary<Notice> = fc
  .record({
    rule: fc.constantFrom(...RULES),
    transition: fc.constantFrom(
      'firing',
      'resolved',
      'advised',
      'acknowledged',
      'silenced',
      'test',
    ),
    numbers: fc.tuple(number, number, number, number, number, number),
    names: fc.tuple(text, text, text, text),
    parts: fc.dictionary(fc.oneof(text, fc.constantFrom('volume', 'cache')), number, {
      maxKeys: 9,
    }),
    contributors: fc.array(fc.record({ name: text, share: number }), { maxLength: 9 }),
  })
  .map(({ rule, transition, numbers, names, parts, contributors }) => {
    const [observed, mid, high, score, usdPerHour, windowMinutes] = numbers;
    const [service, feature, basis, note] = names;
    const finding = {
      ...FINDINGS[rule],
      observed,
      expected: { low: 0, mid, high, basis },
      score,
      usdPerHour,
      windowMinutes,
      labels: { service, feature },
      decomposition: parts,
      contributors: contributors.map((one) => ({ ...one, dimension: 'team' as const })),
    };
    return noticeOf(rule, { finding, transition, note, actor: feature });
  });

test('whatever a finding holds, there are words for it, and every vendor takes them', () => {
  const [slack, pager] = [createSlackWebhookFake(), createPagerDutyFake(KEY)];
  const [teams, discord] = [createTeamsFake(), createDiscordFake()];
  const send = (fake: Pick<typeof teams, 'answer'>, message: unknown, path = '/'): void => {
    const headers = { 'content-type': 'application/json' };
    fake.answer({ method: 'POST', path, headers, body: JSON.stringify(message) });
  };
  fc.assert(
    fc.property(notices, (first) => {
      // As it comes out of the outbox: JSON has no NaN and no infinity.
      const notice: Notice = JSON.parse(JSON.stringify(first));
      const content = describeAlert(notice, 'Asia/Kolkata');
      expect([content.title, ...content.facts.map(({ value }) => value)].join()).not.toMatch(
        /\bNaN\b|\bundefined\b|Infinity|∞|\bnull\b/,
      );
      expect(renderAlertHtml(content)).toContain('</table>');
      send(slack, renderSlackMessage(content));
      const options = { routingKey: KEY, action: 'trigger' } as const;
      send(pager, renderPagerDutyEvent(notice, content, options), '/v2/enqueue');
      send(teams, renderTeamsMessage(content));
      send(discord, renderDiscordMessage(notice, content));
    }),
    { numRuns: 300 },
  );
  expect([slack, pager, teams, discord].map(({ refusals }) => refusals[0])).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test.for([
  {
    note: 'a birth',
    mid: 0,
    want: 'INFO volume: shop/search, a new source of traffic, 120 calls in 60 min',
  },
  {
    note: 'a birth that makes its service much larger',
    mid: 40,
    want: 'INFO volume: shop/search, 3.0x the expected, from a new source',
  },
])('$note says so', ({ mid, want }) => {
  const finding = {
    ...FINDINGS.volume,
    severity: 'info' as const,
    labels: { service: 'shop', feature: 'search' },
    cause: 'new_source' as const,
    observed: 120,
    windowMinutes: 60,
    expected: { low: 0, mid, high: 0, basis: 'new' },
  };
  expect(describeAlert(noticeOf('volume', { finding, severity: 'info' }), 'UTC').title).toBe(want);
});

test('every dimension has a word before another one has two', () => {
  const contributors = [
    { dimension: 'model', name: 'mini', share: 0.9 },
    { dimension: 'team', name: 'blue', share: 0.55 },
    { dimension: 'team', name: 'red', share: 0.45 },
    { dimension: 'team', name: 'green', share: 0.4 },
    { dimension: 'feature', name: 'chat', share: 0.3 },
    { dimension: 'service', name: 'a', share: 0.25 },
    { dimension: 'user', name: 'u7', share: 0.2 },
  ] as const;
  const { facts } = describeAlert(
    noticeOf('volume', { finding: { ...FINDINGS.volume, contributors } }),
    'UTC',
  );
  expect(facts.find(({ name }) => name === 'From')?.value).toBe(
    '90 % model mini, 55 % team blue, 30 % feature chat, 25 % service a, 20 % user u7',
  );
});

// A window of five minutes at 14:02 is 13:55 to 14:02: `observed` counts all of it.
test.for([
  { minutes: 5, into: 0, want: '66 calls in 5 min' },
  { minutes: 5, into: 2, want: '66 calls in 7 min' },
  { minutes: 480, into: 2, want: '66 calls in 8 h' },
])('a window of $minutes minutes, $into into the next five: $want', ({ minutes, into, want }) => {
  const finding = {
    ...FINDINGS.volume,
    observed: 66,
    windowMinutes: minutes,
    epochMs: Date.UTC(2026, 9, 9, 14, into),
  };
  const { facts } = describeAlert(noticeOf('volume', { finding }), 'UTC');
  expect(facts.find(({ name }) => name === 'Observed')?.value).toBe(want);
});

test.for([
  { transition: 'firing', isToldWhatToDo: true },
  { transition: 'escalated', isToldWhatToDo: true },
  { transition: 'reminded', isToldWhatToDo: true },
  { transition: 'updated', isToldWhatToDo: false },
  { transition: 'acknowledged', isToldWhatToDo: false },
  { transition: 'silenced', isToldWhatToDo: false },
  { transition: 'resolved', isToldWhatToDo: false },
] as const)('$transition: what to do first is told to whom it calls', (row) => {
  const { facts } = describeAlert(noticeOf('model_drift', { transition: row.transition }), 'UTC');
  const told = facts.filter(({ name }) => name === 'Do first').map(({ value }) => value);
  expect(told).toEqual(
    row.isToldWhatToDo ? ['set the model back, or pin its dated version where an alias moved'] : [],
  );
});

test('a new model without a price does not cost nothing', () => {
  const finding = { ...FINDINGS.model_drift, usdPerHour: 0, decomposition: {} };
  const { facts } = describeAlert(noticeOf('model_drift', { finding }), 'UTC');
  expect(facts.find(({ name }) => name === 'Extra cost')?.value).toBe(
    'none known: calls of this model have no price, or are free',
  );
});
