import { expect, test } from 'vitest';
import { matchEndpoint } from './match-endpoint.ts';
import { vercelCost } from './provider-cost.ts';
import { createResponseDecoder } from './response-decoder.ts';

test.for([
  { note: 'the debited amount', cost: '0.0045405', marketCost: '0.005', want: 0.0045405 },
  { note: 'the list price where credits pay', cost: '0', marketCost: '0.00096', want: 0.00096 },
  { note: 'nothing debited and nothing listed', cost: 0, marketCost: undefined, want: 0 },
  { note: 'numbers', cost: 0.25, marketCost: null, want: 0.25 },
  { note: 'nothing', cost: undefined, marketCost: undefined, want: undefined },
  { note: 'what is no amount, to be refused', cost: '-1', marketCost: '2', want: '-1' },
])('the cost at a gateway of Vercel: $note', ({ cost, marketCost, want }) => {
  expect(vercelCost(cost, marketCost)).toBe(want);
});

const BODY = '{"id":"c","model":"gpt-4o","usage":{"prompt_tokens":10,"completion_tokens":5}}';

test.for([
  { note: 'a cost', provider: 'litellm', header: '3.65e-05', body: BODY, want: 0.0000365 },
  { note: 'no cost', provider: 'litellm', header: undefined, body: BODY, want: undefined },
  {
    note: 'a model it does not know',
    provider: 'litellm',
    header: '0.0',
    body: BODY,
    want: undefined,
  },
  { note: 'no number', provider: 'litellm', header: 'None', body: BODY, want: undefined },
  { note: 'too much', provider: 'litellm', header: '1000', body: BODY, want: undefined },
  { note: 'another provider', provider: 'groq', header: '3.65e-05', body: BODY, want: undefined },
  {
    note: 'the cost in its usage, which wins',
    provider: 'litellm',
    header: '1',
    body: BODY.replace('"prompt', '"cost":0.25,"prompt'),
    want: 0.25,
  },
])('LiteLLM’s header: $note', ({ provider, header, body, want }) => {
  const target = { method: 'POST', host: 'gateway.internal', path: '/v1/chat/completions' };
  const endpoint = matchEndpoint(target, new Map([['gateway.internal', provider]]));
  if (endpoint === undefined) throw new Error('expected an endpoint');
  const headers = header === undefined ? {} : { 'x-litellm-response-cost': header };
  const head = { statusCode: 200, contentType: 'application/json', headers };
  const request = { isStreaming: false, parameters: {} };
  const decoder = createResponseDecoder(endpoint, head, request);
  decoder.push(body);
  expect(decoder.result().usage).toMatchObject({
    kind: 'reported',
    tokens: { input: 10, output: 5 },
    ...(want === undefined ? {} : { providerCostUsd: want }),
  });
  expect('providerCostUsd' in decoder.result().usage).toBe(want !== undefined);
});
