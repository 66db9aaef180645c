import { expect, test } from 'vitest';
import { startTestServer } from './server.test-kit.ts';

const NOW = Date.parse('2026-11-21T10:30:00Z');

test('a call is estimated by the prices in force, in the order of the question', async () => {
  await using kit = await startTestServer({ clock: () => NOW });
  const query = 'model=openai/gpt-4o&model=openai/gpt-4o-mini&model=acme/none';
  const answer = await kit.json(`/api/v1/estimate?${query}&input=600&cache_read=400&output=500`);
  // gpt-4o: 2.50, 1.25 and 10 USD per million; mini: 0.15, 0.075 and 0.60.
  expect(answer).toMatchObject({
    estimates: [
      { id: 'openai/gpt-4o', usdPerCall: 0.007 },
      { id: 'openai/gpt-4o-mini', usdPerCall: 0.00042 },
      { id: 'acme/none', reason: 'unknown_model' },
    ],
  });
});

test('models with a price are listed with the day on which it was read', async () => {
  await using kit = await startTestServer({ clock: () => NOW });
  expect(await kit.json('/api/v1/models')).toHaveProperty(
    'models',
    expect.arrayContaining([{ id: 'openai/gpt-4o', refreshed: '2026-11-21' }]),
  );
});

test.for(['', 'model=', 'model=openai/gpt-4o&input=-1', 'model=openai/gpt-4o&output=lots'])(
  'a wrong question gets a reason: %s',
  async (query) => {
    await using kit = await startTestServer();
    const answer = await fetch(`${kit.server.url}/api/v1/estimate?${query}`);
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: expect.stringMatching(/\w/) },
    ]);
  },
);
