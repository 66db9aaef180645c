import { expect, test } from 'vitest';
import { checkAttributes } from './check-attributes.ts';

const LEVELS = {
  'gen_ai.operation.name': 'required',
  'gen_ai.provider.name': 'required',
  'gen_ai.usage.input_tokens': 'recommended',
  'gen_ai.response.finish_reasons': 'recommended',
  'gen_ai.request.stream': 'conditionally_required',
} as const;
const GOOD = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai' };

test.for([
  { note: 'what is declared passes', attributes: GOOD, want: [] },
  {
    note: 'a custom provider is allowed',
    attributes: { ...GOOD, 'gen_ai.provider.name': 'openrouter' },
    want: [],
  },
  {
    note: 'a custom operation of nobody is not',
    attributes: { ...GOOD, 'gen_ai.operation.name': 'completion' },
    want: ['gen_ai.operation.name is "completion", which is none of its values'],
  },
  {
    note: 'an undeclared attribute fails',
    attributes: { ...GOOD, 'llm.model': 'x' },
    want: ['llm.model is not declared for this signal'],
  },
  {
    note: 'a required attribute must be there',
    attributes: { 'gen_ai.operation.name': 'chat' },
    want: ['gen_ai.provider.name is missing'],
  },
  {
    note: 'a count is a whole number',
    attributes: { ...GOOD, 'gen_ai.usage.input_tokens': 1.5 },
    want: ['gen_ai.usage.input_tokens is 1.5, which is no int'],
  },
  {
    note: 'a list holds something',
    attributes: { ...GOOD, 'gen_ai.response.finish_reasons': [] },
    want: ['gen_ai.response.finish_reasons is [], which is no string[]'],
  },
  {
    note: 'a flag is no text',
    attributes: { ...GOOD, 'gen_ai.request.stream': 'true' },
    want: ['gen_ai.request.stream is "true", which is no boolean'],
  },
])('$note', ({ attributes, want }) => {
  expect(checkAttributes(attributes, LEVELS)).toEqual(want);
});
