import { createServer } from 'node:http';
import { listen } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { sendHeartbeat } from './heartbeat.ts';

const NEVER = new AbortController().signal;

async function startMonitor(status: number | undefined) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (status !== undefined) response.writeHead(status).end();
  });
  const { port, stop } = await listen(server);
  const url = `http://127.0.0.1:${port}/ping/secret-token`;
  return { url, asked, [Symbol.asyncDispose]: stop };
}

test.for([
  { method: 'GET', status: 200, want: undefined },
  { method: 'POST', status: 204, want: undefined },
  { method: 'GET', status: 404, want: 'answered 404' },
  { method: 'GET', status: undefined, want: 'no answer in time' },
] as const)('$method answered with $status says $want', async ({ method, status, want }) => {
  await using monitor = await startMonitor(status);
  expect(await sendHeartbeat({ url: monitor.url, method, timeoutMs: 200 }, NEVER)).toBe(want);
  expect(monitor.asked).toEqual([`${method} /ping/secret-token`]);
});

test('a monitor that is away is told without its address', async () => {
  const problem = await sendHeartbeat({ url: 'http://127.0.0.1:9/ping/secret-token' }, NEVER);
  expect(problem).toBe('connection failed');
});
