import { createHmac } from 'node:crypto';
import type { IncidentCommand } from '@tokenmeter/anomaly';
import type { IncidentDesk, IncidentDetail } from '@tokenmeter/worker';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from './server.test-kit.ts';
import { startServer } from './start-server.ts';

const NOW = Date.UTC(2026, 9, 9, 14);
const SECRET = 'pagerduty-subscription-secret';
const TITLE = 'CRITICAL volume: shop/<script>alert(1)</script>';

const DETAIL: IncidentDetail = {
  incidentId: 'inc-1',
  rule: 'volume',
  severity: 'critical',
  state: 'firing',
  labels: { service: 'shop' },
  title: TITLE,
  text: `${TITLE}\nSince 13:46.`,
  startedEpochMs: NOW - 60_000,
  updatedEpochMs: NOW,
  quantity: 'calls',
  observed: 100,
  expected: { low: 5, mid: 10, high: 20 },
  usdPerHour: 12,
  events: [],
  deliveries: [],
};

function createDesk() {
  const commands: IncidentCommand[] = [];
  const desk: IncidentDesk = {
    list: () => [DETAIL],
    show: (id) => (DETAIL.incidentId.startsWith(id) ? DETAIL : undefined),
    act: (id, command) => {
      if (id !== 'inc-1')
        return { ok: false, kind: 'unknown', problem: `there is no incident ${id}` };
      commands.push(command);
      return { ok: true, incident: DETAIL, isNews: true };
    },
    mute: () => 7,
    unmute: (id) => id === 7,
    mutes: () => [],
    readLink: (token) =>
      token === 'good.token'
        ? { action: 'acknowledge', incidentId: 'inc-1', expiresEpochMs: NOW + 1 }
        : undefined,
  };
  return { desk, commands };
}

async function startBench() {
  const folder = await temporaryFolder();
  const server = await startServer({
    dataDir: folder.path,
    port: 0,
    clock: () => NOW,
    pagerDutySecrets: [SECRET],
  });
  const { desk, commands } = createDesk();
  server.setIncidentDesk(desk);
  return {
    url: server.url,
    commands,
    async [Symbol.asyncDispose]() {
      await server.close();
      await folder.remove();
    },
  };
}

const json = { 'content-type': 'application/json' };

describe('people act on incidents', () => {
  test.for([
    {
      path: 'acknowledge',
      body: { actor: 'ann', cause: 'new prompt' },
      want: { kind: 'acknowledge', actor: 'ann', cause: 'new prompt' },
    },
    {
      path: 'snooze',
      body: { minutes: 30 },
      want: { kind: 'snooze', actor: 'page', untilEpochMs: NOW + 1_800_000 },
    },
    { path: 'expected', body: {}, want: { kind: 'expected', actor: 'page' } },
    { path: 'resolve', body: { actor: 'ben' }, want: { kind: 'resolve', actor: 'ben' } },
  ])('by the API: $path', async ({ path, body, want }) => {
    await using bench = await startBench();
    const answer = await fetch(`${bench.url}/api/v1/incidents/inc-1/${path}`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(body),
    });
    expect([answer.status, bench.commands]).toEqual([200, [{ ...want, epochMs: NOW }]]);
  });

  test.for([
    { path: 'inc-1/snooze', body: '{}', status: 400 },
    { path: 'inc-1/snooze', body: '{"minutes":-1}', status: 400 },
    { path: 'inc-1/acknowledge', body: '{"who":"x"}', status: 400 },
    { path: 'inc-9/acknowledge', body: '{}', status: 404 },
  ])('a wrong request changes nothing: $path $body', async ({ path, body, status }) => {
    await using bench = await startBench();
    const answer = await fetch(`${bench.url}/api/v1/incidents/${path}`, {
      method: 'POST',
      headers: json,
      body,
    });
    expect([answer.status, bench.commands]).toEqual([status, []]);
  });

  test('opening a signed link changes nothing and shows what would happen', async () => {
    await using bench = await startBench();
    for (const method of ['GET', 'HEAD']) {
      const answer = await fetch(`${bench.url}/act/good.token`, {
        method,
        headers: { host: 'alerts.example.com' },
      });
      expect(answer.status).toBe(200);
      const page = await answer.text();
      if (method === 'GET') expect(page).toContain('Acknowledge?');
      expect(page).not.toContain('<script>');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    }
    expect(bench.commands).toEqual([]);
  });

  test('the form behind a signed link acts', async () => {
    await using bench = await startBench();
    const answer = await fetch(`${bench.url}/act/good.token`, {
      method: 'POST',
      headers: { origin: 'https://alerts.example.com' },
      body: new URLSearchParams({ actor: ' ann ', cause: '' }),
    });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('Acknowledged.');
    expect(bench.commands).toEqual([{ kind: 'acknowledge', epochMs: NOW, actor: 'ann' }]);
  });

  test.for(['bad', '', '%', 'good.token.'])('the link %j is refused', async (token) => {
    await using bench = await startBench();
    const answer = await fetch(`${bench.url}/act/${token}`, { method: 'POST' });
    expect([answer.status, bench.commands]).toEqual([403, []]);
  });
});

function sign(body: string, secret = SECRET): string {
  return `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

function event(type: string, key = 'inc-1'): string {
  return JSON.stringify({
    event: {
      id: '01',
      event_type: type,
      agent: { type: 'user_reference', summary: 'Ann Ö.' },
      data: { type: 'incident', incident_key: key, status: 'acknowledged' },
    },
  });
}

describe('PagerDuty', () => {
  test.for([
    { type: 'incident.acknowledged', kind: 'acknowledge' },
    { type: 'incident.resolved', kind: 'resolve' },
  ])('$type is carried over', async ({ type, kind }) => {
    await using bench = await startBench();
    const body = event(type);
    const headers = { ...json, 'x-pagerduty-signature': `${sign(body, 'older')},${sign(body)}` };
    const answer = await fetch(`${bench.url}/hooks/pagerduty`, { method: 'POST', headers, body });
    expect([answer.status, await answer.json()]).toEqual([200, { taken: true }]);
    expect(bench.commands).toEqual([{ kind, epochMs: NOW, actor: 'Ann Ö. (PagerDuty)' }]);
  });

  test.for([
    { note: 'no signature', body: event('incident.acknowledged'), signature: '', status: 403 },
    {
      note: 'a wrong signature',
      body: event('incident.acknowledged'),
      signature: sign('x'),
      status: 403,
    },
    { note: 'another version', body: '{}', signature: sign('{}').replace('v1', 'v2'), status: 403 },
    { note: 'no JSON', body: '{', signature: sign('{'), status: 400 },
    {
      note: 'a ping',
      body: event('pagey.ping'),
      signature: sign(event('pagey.ping')),
      status: 200,
    },
    {
      note: 'an incident of others',
      body: event('incident.acknowledged', 'inc'),
      signature: sign(event('incident.acknowledged', 'inc')),
      status: 200,
    },
  ])('$note changes nothing', async ({ body, signature, status }) => {
    await using bench = await startBench();
    const headers = { ...json, 'x-pagerduty-signature': signature };
    const answer = await fetch(`${bench.url}/hooks/pagerduty`, { method: 'POST', headers, body });
    expect([answer.status, bench.commands]).toEqual([status, []]);
  });
});
