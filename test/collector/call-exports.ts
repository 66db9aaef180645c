import type { SpanParts } from './otlp-spans.ts';

/** 1,000 tokens in and 500 out of gpt-4o: USD 0.0075 (openai.com/api/pricing, 2026-11-20). */
export const CALL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 500,
} as const;
/** A response id. */
export const ID = { 'gen_ai.response.id': 'chatcmpl-abc123' } as const;

/** Spans that leave together, and what they are. */
export interface CallExport {
  readonly note: string;
  readonly scopes: Readonly<Record<string, readonly SpanParts[]>>;
  readonly calls: number;
  readonly usd: number;
}

/** What is a call, and which figure counts: for every reader of spans. */
export const CALL_EXPORTS: readonly CallExport[] = [
  {
    note: 'two instrumentations of one client, joined by the response id',
    scopes: { a: [{ attributes: { ...CALL, ...ID } }], b: [{ attributes: { ...CALL, ...ID } }] },
    calls: 1,
    usd: 0.0075,
  },
  {
    note: 'one instrumentation whose provider repeats an id',
    scopes: { a: [{ attributes: { ...CALL, ...ID } }, { attributes: { ...CALL, ...ID } }] },
    calls: 2,
    usd: 0.015,
  },
  {
    note: 'a framework around a client',
    scopes: {
      framework: [{ attributes: CALL, spanId: 'aaaaaaaaaaaaaaaa' }],
      client: [{ attributes: CALL, parentSpanId: 'aaaaaaaaaaaaaaaa' }],
    },
    calls: 1,
    usd: 0.0075,
  },
  {
    note: 'a framework that says more than the client inside it, with one response id',
    scopes: {
      framework: [
        {
          attributes: { ...CALL, ...ID, 'gen_ai.usage.cache_read.input_tokens': 0 },
          spanId: 'cccccccccccccccc',
        },
      ],
      client: [{ attributes: { ...CALL, ...ID }, parentSpanId: 'cccccccccccccccc' }],
    },
    calls: 1,
    usd: 0.0075,
  },
  {
    note: 'an embedding inside a chat',
    scopes: {
      a: [
        { attributes: CALL, spanId: 'bbbbbbbbbbbbbbbb' },
        {
          attributes: {
            ...CALL,
            'gen_ai.operation.name': 'embeddings',
            'gen_ai.request.model': 'text-embedding-3-small',
          },
          parentSpanId: 'bbbbbbbbbbbbbbbb',
        },
      ],
    },
    calls: 2,
    // text-embedding-3-small asks USD 0.02 per million tokens of input and has no output: the second call is unpriced.
    usd: 0.0075,
  },
  {
    note: 'agents, tools and workflows',
    scopes: {
      a: ['invoke_agent', 'create_agent', 'execute_tool', 'invoke_workflow', 'retrieval'].map(
        (operation) => ({ attributes: { ...CALL, 'gen_ai.operation.name': operation } }),
      ),
    },
    calls: 0,
    usd: 0,
  },
  {
    note: 'a failed call without usage',
    scopes: {
      a: [
        {
          attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' },
          isError: true,
        },
      ],
    },
    calls: 1,
    usd: 0,
  },
  {
    note: 'a call that was metered where it was made',
    scopes: { a: [{ attributes: { ...CALL, 'tokenmeter.metered': true } }] },
    calls: 0,
    usd: 0,
  },
  {
    note: 'the cost that a provider reported',
    scopes: { a: [{ attributes: { ...CALL, 'gen_ai.usage.cost': 0.5 } }] },
    calls: 1,
    usd: 0.5,
  },
  {
    note: 'the cost that a library worked out',
    scopes: {
      'openlit.instrumentation.openai': [{ attributes: { ...CALL, 'gen_ai.usage.cost': 0.5 } }],
    },
    calls: 1,
    usd: 0.0075,
  },
  {
    note: 'names of the conventions from nobody known, without a provider',
    scopes: {
      'com.example.unheard-of': [
        {
          attributes: {
            'gen_ai.operation.name': 'chat',
            'gen_ai.response.model': 'gpt-4o',
            'gen_ai.usage.input_tokens': 1000,
            'gen_ai.usage.output_tokens': 500,
          },
        },
      ],
    },
    calls: 1,
    usd: 0.0075,
  },
];
