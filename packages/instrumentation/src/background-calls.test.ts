import { setTimeout as wait } from 'node:timers/promises';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { withAttribution } from './attribution.ts';
import { sendEvents, sendJson, startProvider, type TestProvider } from './provider.test-kit.ts';
import { startTelemetry, type TestTelemetry } from './telemetry.test-kit.ts';

const ASK = { model: 'gpt-4o', input: 'Hi', background: true } as const;
// gpt-4o: $2.50 in, $1.25 cached, $10 out per million tokens.
const USD = (400 * 2.5 + 200 * 1.25 + 50 * 10) / 1e6;
const USAGE = {
  input_tokens: 600,
  input_tokens_details: { cached_tokens: 200 },
  output_tokens: 50,
  output_tokens_details: { reasoning_tokens: 10 },
  total_tokens: 650,
};

const now = (): number => Math.floor(Date.now() / 1000);

function responseOf(status: string, more: object = {}): object {
  const isDone = status === 'completed' || status === 'incomplete';
  return {
    id: 'resp_b',
    object: 'response',
    created_at: now() - 5,
    status,
    background: true,
    completed_at: status === 'completed' ? now() : null,
    error: status === 'failed' ? { code: 'server_error', message: 'no' } : null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    model: 'gpt-4o-2024-08-06',
    output: [],
    service_tier: isDone ? 'default' : 'auto',
    usage: isDone ? USAGE : null,
    ...more,
  };
}

const event = (type: string, sequence: number, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...fields })}`;

/** Answers requests one after the other with these bodies; the last one again and again. */
const startBackground = (bodies: readonly object[]): Promise<TestProvider> =>
  startProvider((response, _request, index) =>
    sendJson(response, bodies[Math.min(index, bodies.length - 1)]),
  );

const clientOf = (provider: TestProvider): OpenAI =>
  new OpenAI({ apiKey: 'k', baseURL: `${provider.url}/v1`, maxRetries: 0 });

/** What counts, once so many requests were metered. */
async function countsOf(telemetry: TestTelemetry, requests: number): Promise<object> {
  await expect.poll(() => telemetry.total('tokenmeter.self.metered')).toBe(requests);
  return {
    calls: await telemetry.total('tokenmeter.calls'),
    tokens: await telemetry.total('tokenmeter.tokens'),
    cost: Number((await telemetry.total('tokenmeter.cost')).toFixed(12)),
    unpriced: await telemetry.total('tokenmeter.unpriced'),
    noUsage: await telemetry.total('tokenmeter.self.no_usage'),
    recognised: await telemetry.total('tokenmeter.self.recognised'),
  };
}

const ONCE = { calls: 1, tokens: 650, cost: USD, unpriced: 0, noUsage: 0 };
const NEVER = { calls: 0, tokens: 0, cost: 0, unpriced: 0, noUsage: 0 };

test('a background response that is polled to its end is one call, from its request to that end', async () => {
  const states = ['queued', 'queued', 'in_progress', 'completed', 'completed'];
  await using provider = await startBackground(states.map((state) => responseOf(state)));
  using telemetry = startTelemetry();
  const { responses } = clientOf(provider);
  let response = await withAttribution({ feature: 'report' }, () => responses.create(ASK));
  expect(await countsOf(telemetry, 1)).toEqual({ ...NEVER, recognised: 1 });
  while (response.status !== 'completed') {
    await wait(5);
    response = await withAttribution({ feature: 'poller' }, () => responses.retrieve(response.id));
  }
  // Reading it again is free.
  await responses.retrieve(response.id);
  expect(await countsOf(telemetry, 5)).toEqual({ ...ONCE, recognised: 5 });
  const call = telemetry.calls.find(({ record }) => record.operation === 'chat');
  expect(call).toMatchObject({
    attribution: { feature: 'report' },
    record: {
      outcome: 'ok',
      requestModel: 'gpt-4o',
      responseModel: 'gpt-4o-2024-08-06',
      responseId: 'resp_b',
      finishReasons: ['completed'],
      modifiers: { serviceTier: 'default' },
    },
    priced: { kind: 'priced' },
  });
  expect(telemetry.spans().map(({ name }) => name)).toEqual([
    'fetch_response',
    'fetch_response',
    'chat gpt-4o',
    'fetch_response',
  ]);
  const [, , span] = telemetry.spans();
  expect(span?.attributes['gen_ai.usage.input_tokens']).toBe(600);
  expect((span?.duration[0] ?? 0) * 1e9 + (span?.duration[1] ?? 0)).toBeGreaterThan(15e6);
});

test.for([
  {
    status: 'failed',
    want: { calls: 1, outcome: 'error', unpriced: 0, errorType: 'server_error' },
  },
  { status: 'incomplete', want: { calls: 1, outcome: 'ok', unpriced: 0, errorType: undefined } },
  // It may have cost something before it was stopped, and nobody says what.
  {
    status: 'cancelled',
    want: { calls: 1, outcome: 'aborted', unpriced: 1, errorType: undefined },
  },
])('a background response that ends $status is one call', async ({ status, want }) => {
  await using provider = await startBackground([responseOf('queued'), responseOf(status)]);
  using telemetry = startTelemetry();
  const { responses } = clientOf(provider);
  await responses.create(ASK);
  if (status === 'cancelled') await responses.cancel('resp_b');
  else await responses.retrieve('resp_b');
  const { calls, unpriced } = await countsOf(telemetry, 2).then((all) => ({
    calls: 0,
    unpriced: 0,
    ...all,
  }));
  const { outcome, errorType } = { errorType: undefined, ...telemetry.calls[0]?.record };
  expect({ calls, unpriced, outcome, errorType }).toEqual(want);
});

test('a background stream that breaks off and is taken up again is one call', async () => {
  const created = event('response.created', 0, { response: responseOf('in_progress') });
  const delta = { item_id: 'm', output_index: 0, content_index: 0, delta: 'a', logprobs: [] };
  const text = event('response.output_text.delta', 1, delta);
  const completed = event('response.completed', 2, { response: responseOf('completed') });
  await using provider = await startProvider((response, _request, index) =>
    index === 0
      ? sendEvents(response, [created, text], { end: false })
      : sendEvents(response, [text, completed]),
  );
  using telemetry = startTelemetry();
  const { responses } = clientOf(provider);
  for await (const part of await responses.create({ ...ASK, stream: true })) {
    if (part.type === 'response.output_text.delta') break;
  }
  expect(await countsOf(telemetry, 1)).toEqual({ ...NEVER, recognised: 1 });
  const rest = await responses.retrieve('resp_b', { stream: true, starting_after: 1 });
  for await (const _ of rest);
  expect(await countsOf(telemetry, 2)).toEqual({ ...ONCE, recognised: 2 });
  expect(telemetry.calls.map(({ record }) => [record.operation, record.outcome])).toEqual([
    ['chat', 'ok'],
  ]);
});

test.for([
  {
    note: 'seen unfinished first',
    bodies: [
      responseOf('in_progress', { created_at: 1 }),
      responseOf('completed', { completed_at: 2 }),
    ],
    want: ONCE,
  },
  { note: 'finished a moment ago', bodies: [responseOf('completed')], want: ONCE },
  {
    note: 'finished long ago',
    bodies: [responseOf('completed', { completed_at: 2 })],
    want: NEVER,
  },
  {
    note: 'not made in the background',
    bodies: [responseOf('completed', { background: false })],
    want: NEVER,
  },
])('a response created elsewhere, $note', async ({ bodies, want }) => {
  await using provider = await startBackground(bodies);
  using telemetry = startTelemetry();
  const { responses } = clientOf(provider);
  for (let turn = 0; turn < 3; turn += 1) await responses.retrieve('resp_b');
  expect(await countsOf(telemetry, 3)).toEqual({ ...want, recognised: 3 });
});

test('a poll that fails changes nothing', async () => {
  await using provider = await startProvider((response, _request, index) => {
    if (index === 1) return sendJson(response, { error: { code: 'server_error' } }, 500);
    sendJson(response, responseOf(index === 0 ? 'queued' : 'completed'));
  });
  using telemetry = startTelemetry();
  const { responses } = clientOf(provider);
  await responses.create(ASK);
  await responses.retrieve('resp_b').catch(() => undefined);
  await responses.retrieve('resp_b');
  expect(await countsOf(telemetry, 3)).toEqual({ ...ONCE, recognised: 3 });
});

const BATCH = { id: 'batch_1', object: 'batch', endpoint: '/v1/chat/completions' };

test('a batch that is polled to its end is one call, with the usage of all its requests at half the rates', async () => {
  await using provider = await startBackground([
    { ...BATCH, status: 'validating' },
    { ...BATCH, status: 'in_progress' },
    {
      ...BATCH,
      status: 'completed',
      model: 'gpt-4o-2024-08-06',
      completed_at: now(),
      usage: USAGE,
    },
  ]);
  const declaredHosts = new Map([[`127.0.0.1:${provider.port}`, 'openai']]);
  using telemetry = startTelemetry({ declaredHosts });
  const { batches } = clientOf(provider);
  const { id } = await batches.create({
    input_file_id: 'file-1',
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
  for (let looks = 0; looks < 3; looks += 1) await batches.retrieve(id);
  expect(await countsOf(telemetry, 4)).toEqual({ ...ONCE, cost: USD / 2, recognised: 4 });
  const operations = telemetry.calls.map(({ record }) => record.operation);
  expect(operations).toEqual(['fetch_response', 'batch', 'fetch_response']);
});

test('a deferred completion of xAI is one call, from its request to its completion', async () => {
  const completion = {
    id: 'c-1',
    created: now(),
    model: 'grok-4.7',
    choices: [{ index: 0, finish_reason: 'stop' }],
    usage: { prompt_tokens: 600, completion_tokens: 50, total_tokens: 650 },
  };
  await using provider = await startProvider((response, _request, index) => {
    if (index === 1) response.writeHead(202, { 'content-type': 'application/json' }).end();
    else sendJson(response, index === 0 ? { request_id: 'r-1' } : completion);
  });
  const declaredHosts = new Map([[`127.0.0.1:${provider.port}`, 'x_ai']]);
  using telemetry = startTelemetry({ declaredHosts });
  const path = `${provider.url}/v1/chat`;
  const body = JSON.stringify({ model: 'grok-4.7', messages: [], deferred: true });
  await (await fetch(`${path}/completions`, { method: 'POST', body })).text();
  expect(await countsOf(telemetry, 1)).toEqual({ ...NEVER, recognised: 1 });
  for (let looks = 0; looks < 2; looks += 1) {
    await (await fetch(`${path}/deferred-completion/r-1`)).text();
  }
  // grok-4.7: $2 in, $6 out per million tokens.
  const cost = (600 * 2 + 50 * 6) / 1e6;
  expect(await countsOf(telemetry, 3)).toEqual({ ...ONCE, cost, recognised: 3 });
});
