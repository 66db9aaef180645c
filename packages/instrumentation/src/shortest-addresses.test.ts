import http from 'node:http';
import { expect, test } from 'vitest';
import { shortestAddresses } from './shortest-addresses.ts';
import { startTelemetry } from './telemetry.test-kit.ts';

test.for([
  { text: '[0:0:0:0:0:0:0:1]:80=a,[FD00::0:1]=b', want: '[::1]:80=a,[fd00::1]=b' },
  { text: '[::ffff:127.0.0.1]', want: '[::ffff:7f00:1]' },
  { text: 'a.b:80=c', want: 'a.b:80=c' },
  { text: '[:::]', want: '[:::]' },
])('$text is $want', ({ text, want }) => {
  expect(shortestAddresses(text)).toBe(want);
});

test.for(['::1', '0:0:0:0:0:0:0:1'])(
  'a call of node:http to %s is one to ::1',
  async (hostname) => {
    using telemetry = startTelemetry();
    const options = { hostname, port: 1, method: 'POST', path: '/v1/chat/completions' };
    await new Promise((resolve) => {
      http.request(options).on('error', resolve).end('{}');
    });
    const [call] = await telemetry.metered(1);
    expect(call?.record).toMatchObject({ serverAddress: '::1', serverPort: 1, outcome: 'error' });
  },
);
