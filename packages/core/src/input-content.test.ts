import { expect, test } from 'vitest';
import { inputContentOf } from './input-content.ts';

const text = (content: string): object => ({ type: 'text', content });
const media = (kind: string): object => ({ type: 'media', media_type: kind });
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
        { role: 'assistant', content: null, refusal: 'N' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'd', type: 'custom', custom: { name: 'g', input: 'any text' } }],
        },
        { role: 'tool', tool_call_id: 'd', content: [{ type: 'text', text: 'R' }] },
      ],
      tools: [
        { type: 'function', function: { name: 'f', description: 'd', parameters: SCHEMA } },
        { type: 'custom', custom: { name: 'g' } },
      ],
    },
    want: {
      messages: [
        { role: 'system', parts: [text('S')] },
        { role: 'user', parts: [text('U'), media('image_url')] },
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: 'c', name: 'f', arguments: { a: 1 } }],
        },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', response: 'R' }] },
        { role: 'assistant', parts: [text('N')] },
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: 'd', name: 'g', arguments: 'any text' }],
        },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'd', response: [text('R')] }] },
      ],
      tools: [TOOL, { type: 'custom', name: 'g' }],
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
        {
          type: 'function_call_output',
          call_id: 'c',
          output: [{ type: 'input_image', image_url: 'data:image/png;base64,AA' }],
        },
        { type: 'custom_tool_call', call_id: 'd', name: 'g', input: 'any text' },
        { type: 'custom_tool_call_output', call_id: 'd', output: 'R' },
        { type: 'web_search_call', id: 'w', status: 'completed' },
      ],
      tools: [
        { type: 'function', name: 'f', description: 'd', parameters: SCHEMA },
        { type: 'web_search' },
        { type: 'mcp', server_label: 'm' },
      ],
    },
    want: {
      messages: [
        { role: 'user', parts: [text('U')] },
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'c', name: 'f', arguments: {} }] },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', response: 'R' }] },
        {
          role: 'tool',
          parts: [{ type: 'tool_call_response', id: 'c', response: [media('input_image')] }],
        },
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: 'd', name: 'g', arguments: 'any text' }],
        },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'd', response: 'R' }] },
        { role: 'assistant', parts: [media('web_search_call')] },
      ],
      systemInstructions: [text('S')],
      tools: [TOOL, { type: 'web_search', name: 'web_search' }, { type: 'mcp', name: 'm' }],
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
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'c', content: 'R' },
            {
              type: 'tool_result',
              tool_use_id: 'c',
              content: [
                { type: 'text', text: 'R' },
                { type: 'image', source: { type: 'base64', data: 'AA' } },
              ],
            },
          ],
        },
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
        {
          role: 'user',
          parts: [
            { type: 'tool_call_response', id: 'c', response: 'R' },
            { type: 'tool_call_response', id: 'c', response: [text('R'), media('image')] },
          ],
        },
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
      tools: [
        { functionDeclarations: [{ name: 'f', description: 'd', parameters: SCHEMA }] },
        { googleSearch: {} },
      ],
    },
    want: {
      messages: [
        { role: 'user', parts: [text('U'), media('inlineData')] },
        { role: 'assistant', parts: [{ type: 'tool_call', name: 'f', arguments: { a: 1 } }] },
      ],
      systemInstructions: [text('S')],
      tools: [TOOL, { type: 'googleSearch', name: 'googleSearch' }],
    },
  },
  {
    note: 'Bedrock converse',
    body: {
      system: [{ text: 'S' }],
      messages: [
        {
          role: 'user',
          content: [
            { text: 'U' },
            { cachePoint: { type: 'default' } },
            {
              toolResult: {
                toolUseId: 'c',
                content: [
                  { text: 'R' },
                  { json: { a: 1 } },
                  { image: { source: { bytes: 'AA' } } },
                ],
              },
            },
          ],
        },
      ],
      toolConfig: {
        tools: [
          { toolSpec: { name: 'f', description: 'd', inputSchema: { json: SCHEMA } } },
          { cachePoint: { type: 'default' } },
        ],
      },
    },
    want: {
      messages: [
        {
          role: 'user',
          parts: [
            text('U'),
            {
              type: 'tool_call_response',
              id: 'c',
              response: [text('R'), { a: 1 }, media('image')],
            },
          ],
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
