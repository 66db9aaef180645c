import http from 'node:http';
import { expect, test } from 'vitest';
import { startProvider } from './provider.test-kit.ts';
import { startTelemetry } from './telemetry.test-kit.ts';

const PATH = '/v1/chat/completions';

test.for([
  {
    note: 'fetch',
    send: async (url: string): Promise<unknown> =>
      fetch(url + PATH, { method: 'POST', body: '{}' }).catch(() => undefined),
  },
  {
    note: 'node:http',
    send: (url: string): Promise<unknown> =>
      new Promise((resolve) => {
        http
          .request(url + PATH, { method: 'POST' })
          .on('error', resolve)
          .end('{}');
      }),
  },
])('an answer to $note that is no HTTP is an error, not an abort', async ({ send }) => {
  await using provider = await startProvider((response) => {
    response.socket?.end('a proxy speaks\r\n\r\n');
  });
  using telemetry = startTelemetry();
  await send(provider.url);
  const [call] = await telemetry.metered(1);
  expect(call?.record).toMatchObject({
    outcome: 'error',
    // Node 24 and 26 give fetch no code.
    errorType: expect.stringMatching(/^(?:HPE_\w+|HTTPParserError)$/),
  });
});
