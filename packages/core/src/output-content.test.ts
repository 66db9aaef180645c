import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ContentMessage } from './content.ts';
import { inputContentOf } from './input-content.ts';
import { OutputContent } from './output-content.ts';

const text = (content: string): object => ({ type: 'text', content });

test.for([
  {
    note: 'OpenAI chat',
    body: { choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: 'A' } }] },
    want: [{ role: 'assistant', parts: [text('A')], finish_reason: 'stop' }],
  },
  {
    note: 'OpenAI responses',
    body: {
      output: [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'T' }] },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'A' }] },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      ],
    },
    want: [
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'T' },
          text('A'),
          { type: 'tool_call', id: 'c', name: 'f', arguments: {} },
        ],
      },
    ],
  },
  {
    note: 'Anthropic messages',
    body: { content: [{ type: 'text', text: 'A' }] },
    want: [{ role: 'assistant', parts: [text('A')] }],
  },
  {
    note: 'Gemini',
    body: {
      candidates: [{ finishReason: 'STOP', content: { role: 'model', parts: [{ text: 'A' }] } }],
    },
    want: [{ role: 'assistant', parts: [text('A')], finish_reason: 'STOP' }],
  },
  {
    note: 'Bedrock converse',
    body: { output: { message: { role: 'assistant', content: [{ text: 'A' }] } } },
    want: [{ role: 'assistant', parts: [text('A')] }],
  },
  {
    note: 'Ollama',
    body: { message: { role: 'assistant', content: 'A' } },
    want: [{ role: 'assistant', parts: [text('A')] }],
  },
  {
    note: 'Titan',
    body: { results: [{ outputText: 'A' }] },
    want: [{ role: 'assistant', parts: [text('A')] }],
  },
  { note: 'an error', body: { error: { message: 'no' } }, want: [] },
])('the answer of $note', ({ body, want }) => {
  const output = new OutputContent();
  output.addBody(body);
  expect(output.messages([])).toEqual(want);
});

const CALL = { type: 'tool_call', id: 'c', name: 'f', arguments: { a: 1 } };

test.for<{ note: string; events: readonly object[]; want: readonly object[] }>([
  {
    note: 'OpenAI chat',
    events: [
      { choices: [{ index: 0, delta: { reasoning_content: 'T' } }] },
      { choices: [{ index: 0, delta: { content: 'A' } }] },
      { choices: [{ index: 0, delta: { content: 'B' } }] },
      {
        choices: [
          {
            index: 0,
            delta: {
              tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{"a"' } }],
            },
          },
        ],
      },
      {
        choices: [
          { index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] } },
        ],
      },
    ],
    want: [{ type: 'reasoning', content: 'T' }, text('AB'), CALL],
  },
  {
    note: 'OpenAI chat that refuses and calls a tool of its own',
    events: [
      { choices: [{ index: 0, delta: { refusal: 'N' } }] },
      { choices: [{ index: 0, delta: { refusal: 'o' } }] },
      {
        choices: [
          {
            index: 0,
            delta: { tool_calls: [{ index: 0, id: 'c', custom: { name: 'g', input: 'any ' } }] },
          },
        ],
      },
      { choices: [{ index: 0, delta: { tool_calls: [{ index: 0, custom: { input: 'text' } }] } }] },
    ],
    want: [text('No'), { type: 'tool_call', id: 'c', name: 'g', arguments: 'any text' }],
  },
  {
    note: 'OpenAI responses',
    events: [
      { type: 'response.output_text.delta', delta: 'A' },
      { type: 'response.output_text.done', text: 'A' },
      {
        type: 'response.completed',
        response: { output: [{ type: 'message', content: [{ type: 'output_text', text: 'A' }] }] },
      },
    ],
    want: [text('A')],
  },
  {
    note: 'Anthropic messages',
    events: [
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'A' } },
      {
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'tool_use', id: 'c', name: 'f', input: {} },
      },
      {
        type: 'content_block_delta',
        index: 1,
        delta: { type: 'input_json_delta', partial_json: '{"a":1}' },
      },
    ],
    want: [text('A'), CALL],
  },
  {
    note: 'Gemini',
    events: [
      { candidates: [{ content: { parts: [{ text: 'A' }] } }] },
      {
        candidates: [
          { content: { parts: [{ functionCall: { id: 'c', name: 'f', args: { a: 1 } } }] } },
        ],
      },
    ],
    want: [text('A'), CALL],
  },
  {
    note: 'Bedrock converse',
    events: [
      { contentBlockIndex: 0, delta: { text: 'A' } },
      { contentBlockIndex: 1, start: { toolUse: { toolUseId: 'c', name: 'f' } } },
      { contentBlockIndex: 1, delta: { toolUse: { input: '{"a":1}' } } },
    ],
    want: [text('A'), CALL],
  },
  { note: 'Nova', events: [{ contentBlockDelta: { delta: { text: 'A' } } }], want: [text('A')] },
  {
    note: 'Ollama',
    events: [{ message: { content: 'A' } }, { message: { content: 'B' } }],
    want: [text('AB')],
  },
  {
    note: 'Cohere',
    events: [{ type: 'content-delta', delta: { message: { content: { text: 'A' } } } }],
    want: [text('A')],
  },
])('the streamed answer of $note', ({ events, want }) => {
  const output = new OutputContent();
  for (const event of events) output.addEvent(event);
  const [message]: readonly ContentMessage[] = output.messages(['stop']);
  expect(message).toEqual({ role: 'assistant', parts: want, finish_reason: 'stop' });
});

test('any JSON is taken without throwing, and an endless answer is cut', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.jsonValue({ maxDepth: 6 }), (first, second) => {
      inputContentOf(JSON.stringify(first));
      const output = new OutputContent();
      output.addEvent(first);
      output.addBody(second);
      output.messages([]);
    }),
  );
  const output = new OutputContent();
  for (let count = 0; count < 20; count += 1) {
    output.addEvent({ choices: [{ delta: { content: 'x'.repeat(50_000) } }] });
  }
  expect(JSON.stringify(output.messages([])).length).toBeLessThan(300_000);
});
