import { expect, test } from 'vitest';
import { RUNBOOKS } from './generated/runbooks.ts';
import { rawRequest, startTestServer } from './server.test-kit.ts';

test('every runbook is a page of its own, under any name of the server', async () => {
  await using one = await startTestServer();
  const port = Number(new URL(one.server.url).port);
  for (const name of Object.keys(RUNBOOKS)) {
    const host = 'spend.example.com';
    const headers = { host, 'sec-fetch-site': 'cross-site' };
    const answer = await rawRequest(port, { path: `/runbooks/${name}`, headers });
    expect([name, answer.status]).toEqual([name, 200]);
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
  }
  const list = await fetch(`${one.server.url}/runbooks`);
  expect((await list.text()).match(/href="\/runbooks\//g)).toHaveLength(9);
});

test('a runbook that does not exist is not found, and nothing is written', async () => {
  await using one = await startTestServer();
  for (const name of ['pigeon', '..%2F..%2Fetc%2Fpasswd', 'constructor']) {
    expect((await fetch(`${one.server.url}/runbooks/${name}`)).status).toBe(404);
  }
  const answer = await fetch(`${one.server.url}/runbooks/volume`, { method: 'POST' });
  expect(answer.status).toBe(405);
});
