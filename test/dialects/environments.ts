/** Where libraries are installed together: exact versions of everything that a program imports. */
export interface Environment {
  readonly language: 'javascript' | 'python';
  readonly packages: Readonly<Record<string, string>>;
}

const OTEL_JS = {
  '@opentelemetry/api': '1.10.0',
  '@opentelemetry/sdk-node': '0.203.0',
  '@opentelemetry/sdk-trace-base': '2.0.1',
  '@opentelemetry/exporter-trace-otlp-http': '0.203.0',
  '@opentelemetry/instrumentation': '0.203.0',
} as const;

const OTEL_PYTHON = {
  'opentelemetry-sdk': '1.45.2',
  'opentelemetry-exporter-otlp-proto-http': '1.45.2',
} as const;

/** Every environment by name, pinned on 2026-11-21. */
export const ENVIRONMENTS: Readonly<Record<string, Environment>> = {
  'js-openinference': javascript({
    '@arizeai/openinference-instrumentation-openai': '4.2.7',
    '@arizeai/openinference-instrumentation-anthropic': '0.2.8',
    '@arizeai/openinference-instrumentation-bedrock': '0.5.1',
    '@arizeai/openinference-instrumentation-langchain': '4.1.1',
    openai: '7.55.0',
    '@anthropic-ai/sdk': '0.120.0',
    '@aws-sdk/client-bedrock-runtime': '3.1162.0',
    '@langchain/core': '1.2.13',
    '@langchain/openai': '1.6.0',
    '@langchain/anthropic': '1.5.11',
  }),
  'js-traceloop': javascript({
    '@traceloop/instrumentation-openai': '0.27.0',
    '@traceloop/instrumentation-anthropic': '0.27.0',
    '@traceloop/instrumentation-bedrock': '0.27.0',
    '@traceloop/instrumentation-langchain': '0.27.0',
    openai: '6.49.0',
    '@anthropic-ai/sdk': '0.120.0',
    '@aws-sdk/client-bedrock-runtime': '3.1162.0',
    '@langchain/core': '1.2.13',
    '@langchain/openai': '1.6.0',
  }),
  'js-traceloop-more': javascript({
    '@traceloop/instrumentation-cohere': '0.27.0',
    '@traceloop/instrumentation-vertexai': '0.27.0',
    'cohere-ai': '7.20.0',
    '@google-cloud/vertexai': '1.12.0',
  }),
  'js-openlit': javascript({
    openlit: '1.15.0',
    openai: '6.49.0',
    '@anthropic-ai/sdk': '0.120.0',
    '@aws-sdk/client-bedrock-runtime': '3.1162.0',
  }),
  'js-otel-openai': javascript({
    '@opentelemetry/instrumentation-openai': '0.22.0',
    openai: '6.49.0',
  }),
  'js-ai-sdk-5': javascript({
    ai: '5.0.277',
    '@ai-sdk/openai': '2.0.131',
    '@ai-sdk/anthropic': '2.0.112',
    '@ai-sdk/google': '2.0.60',
    zod: '4.6.7',
  }),
  'js-ai-sdk-6': javascript({
    ai: '6.0.326',
    '@ai-sdk/openai': '3.0.141',
    '@ai-sdk/anthropic': '3.0.138',
    '@ai-sdk/google': '3.0.100',
    zod: '4.6.7',
  }),
  'js-ai-sdk-7': javascript({
    ai: '7.0.173',
    '@ai-sdk/otel': '1.0.173',
    '@ai-sdk/openai': '4.0.118',
    '@ai-sdk/anthropic': '4.0.105',
    '@ai-sdk/google': '4.0.121',
    '@arizeai/openinference-vercel': '3.2.1',
    '@opentelemetry/semantic-conventions': '1.41.1',
    zod: '4.6.7',
  }),
  'js-openinference-vercel-5': javascript({
    '@arizeai/openinference-vercel': '2.8.1',
    ai: '5.0.277',
    '@ai-sdk/openai': '2.0.131',
    '@ai-sdk/anthropic': '2.0.112',
    '@ai-sdk/google': '2.0.60',
    zod: '4.6.7',
  }),
  'js-otel-aws-sdk': javascript({
    '@opentelemetry/instrumentation-aws-sdk': '0.79.0',
    '@aws-sdk/client-bedrock-runtime': '3.1162.0',
  }),
  'js-anthropic-native': javascript({ '@anthropic-ai/sdk': '1.11.0' }),
  'js-langfuse': javascript({
    '@langfuse/openai': '5.11.1',
    '@langfuse/otel': '5.11.1',
    '@langfuse/tracing': '5.11.1',
    '@langfuse/langchain': '5.11.1',
    openai: '6.49.0',
    '@langchain/core': '1.2.13',
    '@langchain/openai': '1.6.0',
  }),
  'py-openllmetry': python({
    'opentelemetry-instrumentation-openai': '0.62.4',
    'opentelemetry-instrumentation-anthropic': '0.62.4',
    'opentelemetry-instrumentation-bedrock': '0.62.4',
    'opentelemetry-instrumentation-langchain': '0.62.4',
    'opentelemetry-instrumentation-google-generativeai': '0.62.4',
    'opentelemetry-instrumentation-cohere': '0.62.4',
    'opentelemetry-instrumentation-groq': '0.62.4',
    'opentelemetry-instrumentation-openai-agents': '0.62.4',
    openai: '3.52.0',
    anthropic: '2.11.0',
    boto3: '1.44.5',
    langchain: '1.4.7',
    'langchain-openai': '1.7.3',
    'langchain-anthropic': '1.7.7',
    'google-genai': '3.4.0',
    cohere: '7.3.1',
    groq: '1.7.0',
    'openai-agents': '0.24.0',
  }),
  'py-openai-v2': python({
    'opentelemetry-instrumentation-openai-v2': '2.4b0',
    // The newest that has what this instrumentation imports.
    'opentelemetry-util-genai': '0.4b0',
    openai: '2.54.0',
  }),
  // What takes the place of openai-v2, from OpenTelemetry's own repository of such packages.
  'py-genai': python({
    'opentelemetry-instrumentation-genai-openai': '1.3b0',
    'opentelemetry-instrumentation-genai-anthropic': '1.3b0',
    'opentelemetry-util-genai': '1.3b0',
    openai: '2.54.0',
    anthropic: '0.125.0',
  }),
  'py-contrib': python({
    'opentelemetry-instrumentation-google-genai': '1.3b0',
    'opentelemetry-instrumentation-botocore': '0.66b2',
    'google-genai': '2.34.0',
    boto3: '1.44.5',
  }),
  'py-logfire': python({
    logfire: '5.2.0',
    openai: '3.52.0',
    anthropic: '2.11.0',
    'openai-agents': '0.24.0',
  }),
  'py-openinference': python({
    'openinference-instrumentation-openai': '0.1.66',
    'openinference-instrumentation-anthropic': '3.1.0',
    'openinference-instrumentation-langchain': '0.1.80',
    'openinference-instrumentation-bedrock': '0.1.61',
    'openinference-instrumentation-google-genai': '1.4.14',
    'openinference-instrumentation-openai-agents': '2.6.0',
    openai: '3.52.0',
    anthropic: '2.11.0',
    langchain: '1.4.7',
    'langchain-openai': '1.7.3',
    'langchain-anthropic': '1.7.7',
    boto3: '1.44.5',
    'google-genai': '3.4.0',
    'openai-agents': '0.24.0',
  }),
  'py-litellm': python({
    litellm: '1.106.2',
    'openinference-instrumentation-litellm': '0.1.51',
    openai: '2.54.0',
    mcp: '2.3.0',
  }),
  'py-openllmetry-040': python({
    'opentelemetry-instrumentation-openai': '0.40.14',
    'opentelemetry-instrumentation-anthropic': '0.40.14',
    openai: '1.109.1',
    anthropic: '0.59.0',
  }),
  'py-mistral': python({
    'opentelemetry-instrumentation-mistralai': '0.62.4',
    mistralai: '1.12.4',
  }),
  'py-openlit': python({
    ...pythonOtel('1.39.1', '0.60b1'),
    openlit: '1.45.0',
    openai: '2.54.0',
    anthropic: '0.125.0',
    boto3: '1.44.5',
  }),
  'py-pydantic-ai': python({
    'pydantic-ai-slim': '2.68.0',
    openai: '3.52.0',
    anthropic: '2.11.0',
    boto3: '1.44.5',
  }),
  'py-langfuse': python({
    langfuse: '5.0.4',
    openai: '2.54.0',
    'langchain-openai': '1.7.3',
    langchain: '1.4.7',
  }),
  'py-llama-index': python({
    'llama-index-core': '0.14.25',
    'llama-index-llms-openai': '0.8.3',
    'openinference-instrumentation-llama-index': '4.6.1',
  }),
  'py-llama-index-openllmetry': python({
    'llama-index-core': '0.14.25',
    'llama-index-llms-openai': '0.8.3',
    'llama-index-llms-openai-like': '0.8.1',
    'llama-index-llms-anthropic': '0.12.3',
    anthropic: '0.125.0',
    'opentelemetry-instrumentation-llamaindex': '0.62.4',
    'opentelemetry-instrumentation-openai': '0.62.4',
  }),
  'py-anthropic-native': python({ anthropic: '2.11.0' }),
};

function javascript(packages: Environment['packages']): Environment {
  return { language: 'javascript', packages: { ...OTEL_JS, ...packages } };
}

function python(packages: Environment['packages']): Environment {
  return { language: 'python', packages: { ...OTEL_PYTHON, ...packages } };
}

/** OpenLIT demands many instrumentations, and pip finds a set that fits sooner when they are named. */
function pythonOtel(version: string, beta: string): Environment['packages'] {
  const frameworks = ['aiohttp-client', 'asgi', 'django', 'falcon', 'fastapi', 'flask', 'httpx'];
  const more = ['pyramid', 'requests', 'starlette', 'tornado', 'urllib', 'urllib3'];
  const pins = [...frameworks, ...more].map((each) => [
    `opentelemetry-instrumentation-${each}`,
    beta,
  ]);
  return {
    'opentelemetry-sdk': version,
    'opentelemetry-exporter-otlp-proto-http': version,
    'opentelemetry-exporter-otlp': version,
    'opentelemetry-instrumentation': beta,
    'opentelemetry-semantic-conventions': beta,
    ...Object.fromEntries(pins),
  };
}
