import type { Dialect } from './dialect.ts';

/** Instrumentations of JavaScript, in the order of the report. */
export const JAVASCRIPT_DIALECTS: readonly Dialect[] = [
  javascript(
    'js-openinference-openai',
    '@arizeai/openinference-instrumentation-openai',
    ['js-openinference', 'openai.cjs'],
    ['openai'],
  ),
  javascript(
    'js-openinference-anthropic',
    '@arizeai/openinference-instrumentation-anthropic',
    ['js-openinference', 'anthropic.cjs'],
    ['@anthropic-ai/sdk'],
  ),
  javascript(
    'js-traceloop-openai',
    '@traceloop/instrumentation-openai',
    ['js-traceloop', 'openai.cjs'],
    ['openai'],
  ),
  javascript(
    'js-traceloop-anthropic',
    '@traceloop/instrumentation-anthropic',
    ['js-traceloop', 'anthropic.cjs'],
    ['@anthropic-ai/sdk'],
  ),
  javascript(
    'js-otel-openai',
    '@opentelemetry/instrumentation-openai',
    ['js-otel-openai', 'openai.cjs'],
    ['openai'],
  ),
  javascript(
    'js-anthropic-native',
    '@anthropic-ai/sdk',
    ['js-anthropic-native', 'anthropic.cjs'],
    [],
  ),
  javascript(
    'js-openinference-bedrock',
    '@arizeai/openinference-instrumentation-bedrock',
    ['js-openinference', 'bedrock.cjs'],
    ['@aws-sdk/client-bedrock-runtime'],
  ),
  javascript(
    'js-openinference-langchain',
    '@arizeai/openinference-instrumentation-langchain',
    ['js-openinference', 'langchain.cjs'],
    ['@langchain/core', '@langchain/openai', '@langchain/anthropic'],
  ),
  javascript(
    'js-traceloop-bedrock',
    '@traceloop/instrumentation-bedrock',
    ['js-traceloop', 'bedrock.cjs'],
    ['@aws-sdk/client-bedrock-runtime'],
  ),
  javascript(
    'js-traceloop-langchain',
    '@traceloop/instrumentation-langchain',
    ['js-traceloop', 'langchain.cjs'],
    ['@langchain/core', '@langchain/openai'],
    {
      never: /^workflow /,
    },
  ),
  javascript(
    'js-traceloop-cohere',
    '@traceloop/instrumentation-cohere',
    ['js-traceloop-more', 'other-clients.cjs'],
    ['cohere-ai'],
  ),
  javascript(
    'js-traceloop-vertexai',
    '@traceloop/instrumentation-vertexai',
    ['js-traceloop-more', 'other-clients.cjs'],
    ['@google-cloud/vertexai'],
  ),
  javascript('js-openlit-openai', 'openlit', ['js-openlit', 'openlit.cjs'], ['openai']),
  javascript(
    'js-openlit-anthropic',
    'openlit',
    ['js-openlit', 'openlit.cjs'],
    ['@anthropic-ai/sdk'],
  ),
  javascript(
    'js-openlit-bedrock',
    'openlit',
    ['js-openlit', 'bedrock.cjs'],
    ['@aws-sdk/client-bedrock-runtime'],
  ),
  javascript(
    'js-langfuse-openai',
    '@langfuse/openai',
    ['js-langfuse', 'langfuse.cjs'],
    ['@langfuse/otel', 'openai'],
  ),
  javascript(
    'js-langfuse-langchain',
    '@langfuse/langchain',
    ['js-langfuse', 'langchain.cjs'],
    ['@langfuse/otel', '@langchain/core', '@langchain/openai'],
  ),
  javascript(
    'js-ai-sdk-5',
    'ai',
    ['js-ai-sdk-5', 'ai-sdk.mjs'],
    ['@ai-sdk/openai', '@ai-sdk/anthropic', '@ai-sdk/google'],
  ),
  javascript(
    'js-ai-sdk-6',
    'ai',
    ['js-ai-sdk-6', 'ai-sdk.mjs'],
    ['@ai-sdk/openai', '@ai-sdk/anthropic', '@ai-sdk/google'],
  ),
  javascript(
    'js-ai-sdk-7',
    'ai',
    ['js-ai-sdk-7', 'ai-sdk.mjs'],
    ['@ai-sdk/openai', '@ai-sdk/anthropic', '@ai-sdk/google', '@ai-sdk/otel'],
  ),
  javascript(
    'js-ai-sdk-supplemental-7',
    'ai',
    ['js-ai-sdk-7', 'ai-sdk.mjs'],
    ['@ai-sdk/openai', '@ai-sdk/anthropic', '@ai-sdk/google', '@ai-sdk/otel'],
  ),
  javascript(
    'js-openinference-vercel-5',
    '@arizeai/openinference-vercel',
    ['js-openinference-vercel-5', 'ai-sdk.mjs'],
    ['ai'],
  ),
  javascript(
    'js-openinference-vercel-7',
    '@arizeai/openinference-vercel',
    ['js-ai-sdk-7', 'ai-sdk.mjs'],
    ['ai', '@ai-sdk/otel'],
  ),
  javascript(
    'js-otel-aws-sdk',
    '@opentelemetry/instrumentation-aws-sdk',
    ['js-otel-aws-sdk', 'bedrock.cjs'],
    ['@aws-sdk/client-bedrock-runtime'],
  ),
];

/** Name of its file, package, environment and program, and what ran beside it. */
function javascript(
  name: string,
  library: string,
  [environment, program]: readonly [string, string],
  beside: readonly string[],
  more: Pick<Dialect, 'env' | 'never'> = {},
): Dialect {
  return { name, library, language: 'javascript', environment, program, beside, ...more };
}
