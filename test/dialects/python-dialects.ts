import type { Dialect } from './dialect.ts';

/** Instrumentations of Python, in the order of the report. */
export const PYTHON_DIALECTS: readonly Dialect[] = [
  python(
    'py-openllmetry-openai',
    'opentelemetry-instrumentation-openai',
    ['py-openllmetry', 'openai_client.py'],
    ['openai'],
  ),
  python(
    'py-openllmetry-anthropic',
    'opentelemetry-instrumentation-anthropic',
    ['py-openllmetry', 'anthropic_client.py'],
    ['anthropic'],
    {
      env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
    },
  ),
  python(
    'py-otel-openai-v2',
    'opentelemetry-instrumentation-openai-v2',
    ['py-openai-v2', 'openai_client.py'],
    ['openai'],
  ),
  python(
    'py-otel-genai-openai',
    'opentelemetry-instrumentation-genai-openai',
    ['py-genai', 'openai_client.py'],
    ['openai'],
  ),
  python(
    'py-otel-genai-anthropic',
    'opentelemetry-instrumentation-genai-anthropic',
    ['py-genai', 'anthropic_client.py'],
    ['anthropic'],
  ),
  python(
    'py-openinference-openai',
    'openinference-instrumentation-openai',
    ['py-openinference', 'openai_client.py'],
    ['openai'],
  ),
  python(
    'py-openinference-anthropic',
    'openinference-instrumentation-anthropic',
    ['py-openinference', 'anthropic_client.py'],
    ['anthropic'],
    {
      env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
    },
  ),
  python('py-anthropic-native', 'anthropic', ['py-anthropic-native', 'anthropic_client.py'], []),
  python(
    'py-openllmetry-anthropic-beside-native',
    'opentelemetry-instrumentation-anthropic',
    ['py-openllmetry', 'anthropic_client.py'],
    ['anthropic'],
  ),
  python(
    'py-openllmetry-gemini',
    'opentelemetry-instrumentation-google-generativeai',
    ['py-openllmetry', 'gemini_client.py'],
    ['google-genai'],
  ),
  python(
    'py-openllmetry-bedrock',
    'opentelemetry-instrumentation-bedrock',
    ['py-openllmetry', 'bedrock_client.py'],
    ['boto3'],
  ),
  python(
    'py-openllmetry-langchain',
    'opentelemetry-instrumentation-langchain',
    ['py-openllmetry', 'langchain_client.py'],
    ['langchain', 'langchain-openai', 'langchain-anthropic'],
    {
      env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
      never: /^(?:execute|invoke)_|\.workflow$/,
    },
  ),
  python(
    'py-openllmetry-langchain-with-openai',
    'opentelemetry-instrumentation-langchain',
    ['py-openllmetry', 'langchain_client.py'],
    [
      'langchain',
      'langchain-openai',
      'langchain-anthropic',
      'opentelemetry-instrumentation-openai',
    ],
    {
      env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
      never: /^(?:execute|invoke)_|\.workflow$/,
    },
  ),
  python(
    'py-openllmetry-agents',
    'opentelemetry-instrumentation-openai-agents',
    ['py-openllmetry', 'agents_client.py'],
    ['openai-agents', 'openai'],
  ),
  python(
    'py-openllmetry-mistral',
    'opentelemetry-instrumentation-mistralai',
    ['py-mistral', 'other_clients.py'],
    ['mistralai'],
  ),
  python(
    'py-openllmetry-cohere',
    'opentelemetry-instrumentation-cohere',
    ['py-openllmetry', 'other_clients.py'],
    ['cohere'],
  ),
  python(
    'py-openllmetry-groq',
    'opentelemetry-instrumentation-groq',
    ['py-openllmetry', 'other_clients.py'],
    ['groq'],
  ),
  python(
    'py-otel-google-genai',
    'opentelemetry-instrumentation-google-genai',
    ['py-contrib', 'gemini_client.py'],
    ['google-genai'],
  ),
  python(
    'py-otel-botocore',
    'opentelemetry-instrumentation-botocore',
    ['py-contrib', 'bedrock_client.py'],
    ['boto3'],
  ),
  python(
    'py-openinference-gemini',
    'openinference-instrumentation-google-genai',
    ['py-openinference', 'gemini_client.py'],
    ['google-genai'],
  ),
  python(
    'py-openinference-bedrock',
    'openinference-instrumentation-bedrock',
    ['py-openinference', 'bedrock_client.py'],
    ['boto3'],
  ),
  python(
    'py-openinference-langchain',
    'openinference-instrumentation-langchain',
    ['py-openinference', 'langchain_client.py'],
    ['langchain', 'langchain-openai', 'langchain-anthropic'],
    {
      env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
    },
  ),
  python(
    'py-openinference-langchain-with-openai',
    'openinference-instrumentation-langchain',
    ['py-openinference', 'langchain_client.py'],
    [
      'langchain',
      'langchain-openai',
      'langchain-anthropic',
      'openinference-instrumentation-openai',
    ],
    {
      env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
    },
  ),
  python(
    'py-openinference-agents',
    'openinference-instrumentation-openai-agents',
    ['py-openinference', 'agents_client.py'],
    ['openai-agents', 'openai'],
  ),
  python('py-logfire-openai', 'logfire', ['py-logfire', 'logfire_client.py'], ['openai']),
  python('py-logfire-anthropic', 'logfire', ['py-logfire', 'logfire_client.py'], ['anthropic'], {
    env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
  }),
  python(
    'py-logfire-agents',
    'logfire',
    ['py-logfire', 'agents_client.py'],
    ['openai-agents', 'openai'],
  ),
  python('py-litellm-otel', 'litellm', ['py-litellm', 'litellm_client.py'], ['openai'], {
    // Usage as Python text, and only while content is logged; the span above it has the totals.
    never: /^raw_gen_ai_request$/,
  }),
  python(
    'py-pydantic-ai',
    'pydantic-ai-slim',
    ['py-pydantic-ai', 'pydantic_ai_client.py'],
    ['openai', 'anthropic', 'boto3'],
    {
      env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
    },
  ),
  python(
    'py-litellm-openinference',
    'openinference-instrumentation-litellm',
    ['py-litellm', 'litellm_client.py'],
    ['litellm', 'openai'],
  ),
  python(
    'py-openllmetry040-openai',
    'opentelemetry-instrumentation-openai',
    ['py-openllmetry-040', 'openai_client.py'],
    ['openai'],
  ),
  python(
    'py-openllmetry040-anthropic',
    'opentelemetry-instrumentation-anthropic',
    ['py-openllmetry-040', 'anthropic_client.py'],
    ['anthropic'],
  ),
  python('py-openlit-openai', 'openlit', ['py-openlit', 'openlit_client.py'], ['openai']),
  python('py-openlit-anthropic', 'openlit', ['py-openlit', 'openlit_client.py'], ['anthropic']),
  python('py-openlit-bedrock', 'openlit', ['py-openlit', 'bedrock_client.py'], ['boto3']),
  python('py-langfuse-openai', 'langfuse', ['py-langfuse', 'langfuse_client.py'], ['openai']),
  python(
    'py-langfuse-langchain',
    'langfuse',
    ['py-langfuse', 'langfuse_client.py'],
    ['langchain', 'langchain-openai'],
  ),
  python(
    'py-openinference-llama-index',
    'openinference-instrumentation-llama-index',
    ['py-llama-index', 'llama_index_client.py'],
    ['llama-index-core', 'llama-index-llms-openai'],
  ),
  python(
    'py-openllmetry-llama-index',
    'opentelemetry-instrumentation-llamaindex',
    ['py-llama-index-openllmetry', 'llama_index_client.py'],
    [
      'llama-index-core',
      'llama-index-llms-openai',
      'llama-index-llms-openai-like',
      'llama-index-llms-anthropic',
      'opentelemetry-instrumentation-openai',
    ],
    {
      env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
      // The answer in its JSON text; the span inside has the counts.
      never: /^OpenAILike[.]workflow$/,
    },
  ),
];

/** Name of its file, package, environment and program, and what ran beside it. */
function python(
  name: string,
  library: string,
  [environment, program]: readonly [string, string],
  beside: readonly string[],
  more: Pick<Dialect, 'env' | 'never'> = {},
): Dialect {
  return { name, library, language: 'python', environment, program, beside, ...more };
}
