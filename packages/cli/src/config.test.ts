import { expect, test } from 'vitest';
import { parseAlertConfig } from './config.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

test('without variables there is no webhook', () => {
  expect(parseAlertConfig({})).toEqual({ ok: true, config: {} });
});

test('a URL with its secret is a webhook', () => {
  const env = {
    TOKENMETER_WEBHOOK_URL: 'https://example.com/x',
    TOKENMETER_WEBHOOK_SECRET: SECRET,
  };
  expect(parseAlertConfig(env)).toEqual({
    ok: true,
    config: { webhook: { url: 'https://example.com/x', secret: SECRET } },
  });
});

test.for([
  { note: 'a secret alone', env: { TOKENMETER_WEBHOOK_SECRET: SECRET }, count: 1 },
  { note: 'a URL alone', env: { TOKENMETER_WEBHOOK_URL: 'https://example.com' }, count: 1 },
  {
    note: 'a wrong URL and a short secret, both at once',
    env: { TOKENMETER_WEBHOOK_URL: 'ftp://example.com', TOKENMETER_WEBHOOK_SECRET: 'whsec_short' },
    count: 2,
  },
])('$note is refused without printing the secret', ({ env, count }) => {
  const parsed = parseAlertConfig(env);
  if (parsed.ok) throw new Error('expected problems');
  expect(parsed.problems).toHaveLength(count);
  expect(parsed.problems.join()).not.toContain('whsec_short');
  expect(parsed.problems.join()).not.toContain(SECRET);
});
