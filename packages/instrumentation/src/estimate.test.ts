import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { CHAT_EVENTS, sendEvents, startProvider, type TestProvider } from './provider.test-kit.ts';
import { startTelemetry } from './telemetry.test-kit.ts';

/** What OpenAI streams when nobody asked for usage: two pieces, "Gr" and "üße". */
const PLAIN = CHAT_EVENTS.filter((event) => !event.includes('"prompt_tokens"'));
// 40 bytes in, 7 bytes out, 4 bytes a token; gpt-4o-mini costs $0.15 in and $0.60 out per million tokens.
const TOKENS = { input: 10, output: 2 };
const USD = (10 * 0.15 + 2 * 0.6) / 1e6;

async function stream(provider: TestProvider, more: object = {}): Promise<void> {
  const client = new OpenAI({ apiKey: 'k', baseURL: `${provider.url}/v1`, maxRetries: 0 });
  const parts = await client.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'x'.repeat(40) }],
    stream: true,
    ...more,
  });
  for await (const _ of parts);
}

const startPlain = (): Promise<TestProvider> =>
  startProvider((response, request) =>
    sendEvents(response, request.body.includes('"include_usage":true') ? CHAT_EVENTS : PLAIN),
  );

test('nothing is estimated unless it was asked for', async () => {
  await using provider = await startPlain();
  using telemetry = startTelemetry();
  await stream(provider);
  const [call] = await telemetry.metered(1);
  expect(call?.record.usage).toEqual({ kind: 'missing' });
  expect(await telemetry.total('tokenmeter.unpriced')).toBe(1);
});

test('an estimate is flagged wherever it counts, and can be left out', async () => {
  await using provider = await startPlain();
  using telemetry = startTelemetry({ estimate: true });
  await stream(provider);
  await stream(provider, { stream_options: { include_usage: true } });
  const [estimated, reported] = await telemetry.metered(2);
  expect(estimated?.record.usage).toMatchObject({ tokens: TOKENS, isEstimated: true });
  expect(reported?.record.usage).not.toHaveProperty('isEstimated');
  const flag = { 'tokenmeter.usage.estimated': true };
  expect(await telemetry.total('tokenmeter.tokens', flag)).toBe(12);
  expect(await telemetry.total('tokenmeter.calls', flag)).toBe(1);
  expect(await telemetry.total('tokenmeter.cost', flag)).toBeCloseTo(USD, 15);
  const bySource = { 'tokenmeter.cost.source': 'estimate' };
  expect(await telemetry.total('tokenmeter.cost', bySource)).toBeCloseTo(USD, 15);
  const rest = { 'tokenmeter.usage.estimated': undefined };
  expect(await telemetry.total('tokenmeter.tokens', rest)).toBe(1500);
  expect(await telemetry.total('tokenmeter.calls', rest)).toBe(1);
  // The provider's silence stays visible, and the conventions' counters hold only what was reported.
  expect(await telemetry.total('tokenmeter.self.no_usage')).toBe(1);
  expect(await telemetry.total('tokenmeter.unpriced')).toBe(0);
  expect(await telemetry.total('gen_ai.client.inference.usage.input_tokens')).toBe(1200);
  const [first, second] = telemetry.spans();
  expect(first?.attributes).toMatchObject({
    'tokenmeter.usage.estimated': true,
    'tokenmeter.cost.source': 'estimate',
    'gen_ai.usage.input_tokens': 10,
  });
  expect(second?.attributes).not.toHaveProperty('tokenmeter.usage.estimated');
});
