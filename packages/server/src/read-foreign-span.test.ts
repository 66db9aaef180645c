import { expect, test } from 'vitest';
import { type ForeignSpan, readForeignSpan } from './read-foreign-span.ts';
import type { AttributeValue } from './received-telemetry.ts';

type Values = Readonly<Record<string, AttributeValue>>;

interface Case {
  readonly note: string;
  readonly scope: string;
  readonly attributes: Values;
  /** Operation, provider, model, input, output, cache reads, cache writes, reasoning. */
  readonly want: readonly (AttributeValue | undefined)[];
}

const KEYS = [
  ...['gen_ai.operation.name', 'gen_ai.provider.name', 'gen_ai.response.model'],
  ...['gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens'],
  ...['gen_ai.usage.cache_read.input_tokens', 'gen_ai.usage.cache_write.input_tokens'],
  'gen_ai.usage.reasoning.output_tokens',
];

/** What the spans of these libraries say, as captured in test/dialects (2026-11-21). */
const CASES: readonly Case[] = [
  {
    note: 'OpenInference',
    scope: 'openinference.instrumentation.openai',
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.system': 'openai',
      'llm.model_name': 'gpt-4o-2024-08-06',
      'llm.token_count.prompt': 3304,
      'llm.token_count.completion': 529,
      'llm.token_count.prompt_details.cache_read': 2261,
    },
    want: ['chat', 'openai', 'gpt-4o-2024-08-06', 3304, 529, 2261],
  },
  {
    note: 'OpenInference, a chain',
    scope: 'openinference.instrumentation.langchain',
    attributes: { 'openinference.span.kind': 'CHAIN', 'llm.token_count.prompt': 3304 },
    want: [],
  },
  {
    note: 'OpenLIT, Anthropic: input without cached tokens',
    scope: 'openlit.instrumentation.anthropic',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.response.model': 'claude-sonnet-4-5-20250929',
      'gen_ai.usage.input_tokens': 20_000,
      'gen_ai.usage.output_tokens': 542,
      'gen_ai.usage.cache_read.input_tokens': 2290,
      'gen_ai.usage.cache_creation.input_tokens': 13_394,
    },
    want: ['chat', 'anthropic', 'claude-sonnet-4-5-20250929', 35_684, 542, 2290, 13_394],
  },
  {
    note: 'AI SDK 5, Anthropic: the cache stands in JSON',
    scope: 'ai',
    attributes: {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': 'anthropic.messages',
      'gen_ai.response.model': 'claude-sonnet-4-5-20250929',
      'gen_ai.usage.input_tokens': 1349,
      'gen_ai.usage.output_tokens': 763,
      'ai.response.providerMetadata':
        '{"anthropic":{"usage":{"input_tokens":1349,"output_tokens":763,"cache_creation_input_tokens":13921,"cache_read_input_tokens":2783}}}',
    },
    want: ['chat', 'anthropic', 'claude-sonnet-4-5-20250929', 18_053, 763, 2783, 13_921],
  },
  {
    note: 'AI SDK, the outer span',
    scope: 'ai',
    attributes: { 'ai.operationId': 'ai.generateText', 'gen_ai.usage.input_tokens': 1349 },
    want: [],
  },
  {
    note: 'Langfuse: every token in one class',
    scope: 'langfuse-sdk',
    attributes: {
      'langfuse.observation.type': 'generation',
      'langfuse.observation.model.name': 'gpt-5-mini',
      'langfuse.observation.usage_details':
        '{"input":1094,"output":568,"total":11124,"input_cached_tokens":2348,"output_reasoning_tokens":7114}',
    },
    want: ['chat', 'openai', undefined, 3442, 7682, 2348, undefined, 7114],
  },
  {
    note: 'Logfire: parts in JSON, counts as text',
    scope: 'logfire.openai',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'openai',
      'gen_ai.response.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': '3304',
      'gen_ai.usage.output_tokens': '529',
      'gen_ai.usage.raw':
        '{"completion_tokens":529,"prompt_tokens":3304,"prompt_tokens_details":{"cached_tokens":2261},"completion_tokens_details":null}',
    },
    want: ['chat', 'openai', 'gpt-4o', 3304, 529, 2261],
  },
  {
    note: 'JSON that is none',
    scope: 'logfire.openai',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.raw': '{"',
    },
    want: ['chat', 'openai', undefined, 5],
  },
];

const MAKERS: Readonly<Record<string, string>> = { 'gpt-5-mini': 'openai' };

function read({ scope, attributes }: Case): ForeignSpan {
  return readForeignSpan(
    {
      traceId: '1'.repeat(32),
      spanId: '2'.repeat(16),
      parentSpanId: '',
      kind: 1,
      startEpochMs: 1,
      endEpochMs: 2,
      isError: false,
      attributes: new Map(Object.entries(attributes)),
      resource: new Map(),
      scopeName: scope,
    },
    (model) => MAKERS[model],
  );
}

test.for(CASES)('$note', (each) => {
  const got = read(each);
  const values = got.kind === 'call' ? KEYS.map((key) => got.span.attributes.get(key)) : [];
  const want = each.want.length === 0 ? [] : KEYS.map((_, index) => each.want[index]);
  expect(values).toEqual(want);
});
