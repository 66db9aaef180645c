import { createServer, type Server } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { runTokenmeter } from './run-process.ts';

const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

/** A receiver that verifies what it gets and answers with `status`. */
async function startReceiver(
  status: number,
): Promise<{ url: string; seen: unknown[]; server: Server } & AsyncDisposable> {
  const seen: unknown[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      seen.push(new Webhook(SECRET).verify(body, headers));
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    seen,
    server,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

test.for([
  { status: 204, code: 0, want: /✓ webhook.*delivered/ },
  { status: 503, code: 1, want: /✗ webhook.*503.*would be tried again/ },
  { status: 410, code: 1, want: /✗ webhook.*410.*would not be tried again/ },
])('alerts test reports a webhook that answers $status', async ({ status, code, want }) => {
  await using receiver = await startReceiver(status);
  const finished = await runTokenmeter(['alerts', 'test'], {
    env: { TOKENMETER_WEBHOOK_URL: receiver.url, TOKENMETER_WEBHOOK_SECRET: SECRET },
  });
  expect(finished.stderr).toMatch(want);
  expect(finished.stderr).not.toContain(SECRET);
  expect(finished.stdout).toContain('TEST');
  expect(finished.code).toBe(code);
  expect(receiver.seen).toHaveLength(1);
});
