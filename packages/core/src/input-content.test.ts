import { expect, test } from 'vitest';
import { inputContentOf } from './input-content.ts';

const text = (content: string): object => ({ type: 'text', content });
const SCHEMA = { type: 'object' };
const TOOL = { type: 'function', name: 'f', description: 'd', parameters: SCHEMA };

test.for([
  {
    note: 'OpenAI chat',
    body: {
      messages: [
        { role: 'system', content: 'S' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'U' },
            { type: 'image_url', image_url: { url: 'data:x' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{"a":1}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'R' },
      ],
      tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: SCHEMA } }],
    },
    want: {
      messages: [
        { role: 'system', parts: [text('S')] },
        { role: 'user', parts: [text('U'), { type: 'media', media_type: 'image_url' }] },
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: 'c', name: 'f', arguments: { a: 1 } }],
        },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', response: 'R' }] },
      ],
      tools: [TOOL],
    },
  },
  {
    note: 'OpenAI responses',
    body: {
      instructions: 'S',
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'U' }] },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: 'R' },
      ],
      tools: [
        { type: 'function', name: 'f', description: 'd', parameters: SCHEMA },
        { type: 'web_search' },
      ],
    },
    want: {
      messages: [
        { role: 'user', parts: [text('U')] },
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'c', name: 'f', arguments: {} }] },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', response: 'R' }] },
      ],
      systemInstructions: [text('S')],
      tools: [TOOL, { type: 'web_search', name: 'web_search' }],
    },
  },
  {
    note: 'a text as input',
    body: { input: 'U' },
    want: { messages: [{ role: 'user', parts: [text('U')] }] },
  },
  {
    note: 'Anthropic messages',
    body: {
      system: [{ type: 'text', text: 'S', cache_control: { type: 'ephemeral' } }],
      messages: [
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'T' },
            { type: 'tool_use', id: 'c', name: 'f', input: { a: 1 } },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: 'R' }] },
      ],
      tools: [{ name: 'f', description: 'd', input_schema: SCHEMA }],
    },
    want: {
      messages: [
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'T' },
            { type: 'tool_call', id: 'c', name: 'f', arguments: { a: 1 } },
          ],
        },
        { role: 'user', parts: [{ type: 'tool_call_response', id: 'c', response: 'R' }] },
      ],
      systemInstructions: [text('S')],
      tools: [TOOL],
    },
  },
  {
    note: 'Gemini',
    body: {
      systemInstruction: { parts: [{ text: 'S' }] },
      contents: [
        {
          role: 'user',
          parts: [{ text: 'U' }, { inlineData: { mimeType: 'image/png', data: 'AA' } }],
        },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: { a: 1 } } }] },
      ],
      tools: [{ functionDeclarations: [{ name: 'f', description: 'd', parameters: SCHEMA }] }],
    },
    want: {
      messages: [
        { role: 'user', parts: [text('U'), { type: 'media', media_type: 'inlineData' }] },
        { role: 'model', parts: [{ type: 'tool_call', name: 'f', arguments: { a: 1 } }] },
      ],
      systemInstructions: [text('S')],
      tools: [TOOL],
    },
  },
  {
    note: 'Bedrock converse',
    body: {
      system: [{ text: 'S' }],
      messages: [
        {
          role: 'user',
          content: [{ text: 'U' }, { toolResult: { toolUseId: 'c', content: [{ text: 'R' }] } }],
        },
      ],
      toolConfig: {
        tools: [{ toolSpec: { name: 'f', description: 'd', inputSchema: { json: SCHEMA } } }],
      },
    },
    want: {
      messages: [
        {
          role: 'user',
          parts: [text('U'), { type: 'tool_call_response', id: 'c', response: [{ text: 'R' }] }],
        },
      ],
      systemInstructions: [text('S')],
      tools: [TOOL],
    },
  },
  { note: 'no object', body: [], want: {} },
])('the input of $note', ({ body, want }) => {
  expect(inputContentOf(JSON.stringify(body))).toEqual(want);
});
