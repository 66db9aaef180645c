import { expect, test } from 'vitest';
import { ask, dataOf, PATHS, readJson } from './replay-client.test-kit.ts';
import { startReplayProvider } from './replay-provider.ts';

const TOOL = { toolCall: { name: 'clock', argumentsJson: '{"zone":"UTC"}' } };

test.for([
  {
    note: 'chat',
    path: PATHS.chat,
    body: {
      choices: [
        {
          message: {
            content: null,
            tool_calls: [{ function: { name: 'clock', arguments: '{"zone":"UTC"}' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
    },
    streamed: { choices: [{ delta: { tool_calls: [{ index: 0, type: 'function' }] } }] },
  },
  {
    note: 'responses',
    path: PATHS.responses,
    body: { output: [{ type: 'function_call', name: 'clock', arguments: '{"zone":"UTC"}' }] },
    streamed: { type: 'response.function_call_arguments.done', arguments: '{"zone":"UTC"}' },
  },
  {
    note: 'messages',
    path: PATHS.messages,
    body: {
      content: [{ type: 'tool_use', name: 'clock', input: { zone: 'UTC' } }],
      stop_reason: 'tool_use',
    },
    streamed: { delta: { type: 'input_json_delta', partial_json: '{"zone":"UTC"}' } },
  },
])('$note can call a tool, whole and streamed', async ({ path, body, streamed }) => {
  await using provider = await startReplayProvider({ plan: () => TOOL });
  expect(await readJson(await ask(provider, path))).toMatchObject(body);
  const stream = await ask(provider, path, { body: { stream: true } });
  const events = dataOf(await stream.text());
  expect(events).toContainEqual(expect.objectContaining(deep(streamed)));
});

function deep(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [
    key,
    typeof inner === 'string' ? inner : expect.toSatisfy(contains(inner)),
  ]);
  return Object.fromEntries(entries);
}

/** True for values whose JSON has every scalar of the wanted one. */
function contains(wanted: unknown): (value: unknown) => boolean {
  const words = JSON.stringify(wanted).match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  return (value) => words.every((word) => JSON.stringify(value)?.includes(word) === true);
}

test.for([
  {
    note: 'numbers',
    input: ['a', 'b'],
    format: undefined,
    vectors: [
      [0.5, -0.25],
      [0.5, -0.25],
    ],
  },
  { note: 'base64', input: 'a', format: 'base64', vectors: ['AAAAPwAAgL4='] },
])('embeddings answer as $note and count their input', async ({ input, format, vectors }) => {
  await using provider = await startReplayProvider({ plan: () => ({ tokens: { input: 9 } }) });
  const response = await ask(provider, '/v1/embeddings', {
    body: { input, ...(format !== undefined && { encoding_format: format }) },
  });
  expect(await readJson(response)).toMatchObject({
    data: vectors.map((embedding, index) => ({ index, embedding })),
    usage: { prompt_tokens: 9, total_tokens: 9 },
  });
  await provider.settled();
  expect(provider.totals()).toMatchObject([{ responses: 1, tokens: { input: 9 } }]);
});
