import type { TrueCall } from './read-truth.ts';

type Value = string | number;

/** A span as a library's documentation or published convention describes it. */
interface DocumentedSpan {
  readonly name: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, Value>>;
  /** Position of the parent among the spans of the step. */
  readonly parent?: number;
}

export interface DocumentedStep {
  readonly name: string;
  readonly calls: readonly (Partial<TrueCall> & Pick<TrueCall, 'model' | 'tokens'>)[];
  readonly spans: readonly DocumentedSpan[];
}

export interface DocumentedDialect {
  readonly name: string;
  readonly library: string;
  readonly version: string;
  readonly language: string;
  readonly scope: string;
  /** Where the names were read. */
  readonly reference: string;
  readonly steps: readonly DocumentedStep[];
}

const GPT = 'gpt-4o-2024-08-06';

/** Counts of Micrometer are text: its key values have no other type. */
const SPRING_CALL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.system': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.response.model': GPT,
  'gen_ai.response.id': 'chatcmpl-spring-1',
  'gen_ai.usage.input_tokens': '1026',
  'gen_ai.usage.output_tokens': '516',
  'gen_ai.usage.total_tokens': '1542',
} as const;

/** Dialects of languages whose libraries are not run here, as their documentation has them. */
export const DOCUMENTED_DIALECTS: readonly DocumentedDialect[] = [
  {
    name: 'java-spring-ai',
    library: 'org.springframework.ai:spring-ai-model',
    version: '1.1.2',
    language: 'java',
    scope: 'org.springframework.boot',
    reference: 'docs.spring.io/spring-ai/reference/observability (2026-11-21)',
    steps: [
      {
        name: 'chat client over chat model',
        calls: [{ model: GPT, tokens: { input: 1026, output: 516 } }],
        spans: [
          {
            name: 'spring_ai chat_client',
            kind: 1,
            attributes: {
              'gen_ai.operation.name': 'framework',
              'gen_ai.system': 'spring_ai',
              'spring.ai.kind': 'chat_client',
              'spring.ai.chat.client.stream': 'false',
            },
          },
          { name: 'chat gpt-4o', kind: 3, parent: 0, attributes: SPRING_CALL },
        ],
      },
      {
        name: 'embedding',
        calls: [
          {
            api: 'openai.embeddings',
            model: 'text-embedding-3-small',
            requestModel: 'text-embedding-3-small',
            tokens: { input: 1043 },
          },
        ],
        spans: [
          {
            name: 'embedding text-embedding-3-small',
            kind: 3,
            attributes: {
              'gen_ai.operation.name': 'embedding',
              'gen_ai.system': 'openai',
              'gen_ai.request.model': 'text-embedding-3-small',
              'gen_ai.response.model': 'text-embedding-3-small',
              'gen_ai.usage.input_tokens': '1043',
              'gen_ai.usage.total_tokens': '1043',
            },
          },
        ],
      },
    ],
  },
  {
    name: 'java-otel-openai',
    library: 'io.opentelemetry.instrumentation:opentelemetry-openai-java-1.1',
    version: '2.22.0-alpha',
    language: 'java',
    scope: 'io.opentelemetry.openai-java-1.1',
    reference: 'opentelemetry-java-instrumentation, GenAI conventions (2026-11-21)',
    steps: [
      {
        name: 'chat',
        calls: [{ model: GPT, tokens: { input: 1060, output: 542 } }],
        spans: [
          {
            name: 'chat gpt-4o',
            kind: 3,
            attributes: {
              'gen_ai.operation.name': 'chat',
              'gen_ai.provider.name': 'openai',
              'gen_ai.request.model': 'gpt-4o',
              'gen_ai.response.model': GPT,
              'gen_ai.response.id': 'chatcmpl-java-1',
              'gen_ai.usage.input_tokens': 1060,
              'gen_ai.usage.output_tokens': 542,
            },
          },
        ],
      },
    ],
  },
  {
    name: 'dotnet-extensions-ai',
    library: 'Microsoft.Extensions.AI',
    version: '10.5.0',
    language: 'dotnet',
    scope: 'Experimental.Microsoft.Extensions.AI',
    reference: 'github.com/dotnet/extensions/pull/7234 (2026-11-21)',
    steps: [
      {
        name: 'agent over chat, cached prompt',
        calls: [{ model: GPT, tokens: { input: 1077, cache_read: 2319, output: 555 } }],
        spans: [
          {
            name: 'invoke_agent greeter',
            kind: 1,
            attributes: {
              'gen_ai.operation.name': 'invoke_agent',
              'gen_ai.provider.name': 'openai',
              'gen_ai.agent.name': 'greeter',
              'gen_ai.request.model': 'gpt-4o',
              'gen_ai.usage.input_tokens': 3396,
              'gen_ai.usage.output_tokens': 555,
            },
          },
          {
            name: 'chat gpt-4o',
            kind: 3,
            parent: 0,
            attributes: {
              'gen_ai.operation.name': 'chat',
              'gen_ai.provider.name': 'openai',
              'gen_ai.request.model': 'gpt-4o',
              'gen_ai.response.model': GPT,
              'gen_ai.response.id': 'chatcmpl-dotnet-1',
              'gen_ai.usage.input_tokens': 3396,
              'gen_ai.usage.output_tokens': 555,
              'gen_ai.usage.cache_read.input_tokens': 2319,
            },
          },
        ],
      },
    ],
  },
  {
    name: 'dotnet-semantic-kernel',
    library: 'Microsoft.SemanticKernel',
    version: '1.40.0',
    language: 'dotnet',
    scope: 'Microsoft.SemanticKernel.Diagnostics',
    reference:
      'learn.microsoft.com/semantic-kernel/concepts/enterprise-readiness/observability (2026-11-21)',
    steps: [
      {
        name: 'chat completions',
        calls: [{ model: GPT, tokens: { input: 1094, output: 568 } }],
        spans: [
          {
            name: 'chat.completions gpt-4o',
            kind: 3,
            attributes: {
              'gen_ai.operation.name': 'chat.completions',
              'gen_ai.system': 'openai',
              'gen_ai.request.model': 'gpt-4o',
              'gen_ai.response.id': 'chatcmpl-sk-1',
              'gen_ai.usage.input_tokens': 1094,
              'gen_ai.usage.output_tokens': 568,
            },
          },
        ],
      },
    ],
  },
  {
    name: 'go-openllmetry',
    library: 'github.com/traceloop/go-openllmetry',
    version: '0.1.0',
    language: 'go',
    scope: 'traceloop.tracer',
    reference: 'OpenLLMetry conventions before gen_ai (2026-11-21)',
    steps: [
      {
        name: 'chat',
        calls: [{ model: GPT, tokens: { input: 1111, output: 581 } }],
        spans: [
          {
            name: 'OpenAI.chat',
            kind: 3,
            attributes: {
              'llm.vendor': 'OpenAI',
              'llm.request.type': 'chat',
              'llm.request.model': 'gpt-4o',
              'llm.response.model': GPT,
              'llm.usage.total_tokens': 1692,
              'llm.usage.prompt_tokens': 1111,
              'llm.usage.completion_tokens': 581,
            },
          },
        ],
      },
    ],
  },
  {
    name: 'ruby-llm',
    library: 'ruby_llm',
    version: '1.10.0',
    language: 'ruby',
    scope: 'ruby_llm',
    reference: 'github.com/crmne/ruby_llm docs/_advanced/observability.md (2026-11-21)',
    steps: [
      {
        name: 'chat with a tool',
        calls: [{ model: GPT, tokens: { input: 1128, output: 594 } }],
        spans: [
          {
            name: 'chat gpt-4o',
            kind: 3,
            attributes: {
              'gen_ai.operation.name': 'chat',
              'gen_ai.provider.name': 'openai',
              'gen_ai.request.model': 'gpt-4o',
              'gen_ai.response.model': GPT,
              'gen_ai.usage.input_tokens': 1128,
              'gen_ai.usage.output_tokens': 594,
            },
          },
          {
            name: 'execute_tool clock',
            kind: 1,
            parent: 0,
            attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'clock' },
          },
        ],
      },
    ],
  },
];
