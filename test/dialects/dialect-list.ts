/** One library whose spans are captured. */
export interface Dialect {
  /** Name of its file in `captured/`. */
  readonly name: string;
  /** Package that makes the spans. */
  readonly library: string;
  readonly language: 'javascript' | 'python';
  /** Where it is installed. */
  readonly environment: string;
  /** File in `programs/`. */
  readonly program: string;
  /** Packages named in the file beside the library. */
  readonly beside: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Names of spans that repeat what another span of the call says; not chargeable. */
  readonly never?: RegExp;
}

function javascript(
  name: string,
  library: string,
  rest: Pick<Dialect, 'environment' | 'program' | 'beside'> & Pick<Dialect, 'env' | 'never'>,
): Dialect {
  return { name, library, language: 'javascript', ...rest };
}

function python(
  name: string,
  library: string,
  rest: Pick<Dialect, 'environment' | 'program' | 'beside'> & Pick<Dialect, 'env' | 'never'>,
): Dialect {
  return { name, library, language: 'python', ...rest };
}

/** Every library, in the order of the report. */
export const DIALECTS: readonly Dialect[] = [
  javascript('js-openinference-openai', '@arizeai/openinference-instrumentation-openai', {
    environment: 'js-openinference',
    program: 'openai.cjs',
    beside: ['openai'],
  }),
  javascript('js-openinference-anthropic', '@arizeai/openinference-instrumentation-anthropic', {
    environment: 'js-openinference',
    program: 'anthropic.cjs',
    beside: ['@anthropic-ai/sdk'],
  }),
  javascript('js-traceloop-openai', '@traceloop/instrumentation-openai', {
    environment: 'js-traceloop',
    program: 'openai.cjs',
    beside: ['openai'],
  }),
  javascript('js-traceloop-anthropic', '@traceloop/instrumentation-anthropic', {
    environment: 'js-traceloop',
    program: 'anthropic.cjs',
    beside: ['@anthropic-ai/sdk'],
  }),
  javascript('js-otel-openai', '@opentelemetry/instrumentation-openai', {
    environment: 'js-otel-openai',
    program: 'openai.cjs',
    beside: ['openai'],
  }),
  javascript('js-anthropic-native', '@anthropic-ai/sdk', {
    environment: 'js-anthropic-native',
    program: 'anthropic.cjs',
    beside: [],
  }),
  javascript('js-openinference-bedrock', '@arizeai/openinference-instrumentation-bedrock', {
    environment: 'js-openinference',
    program: 'bedrock.cjs',
    beside: ['@aws-sdk/client-bedrock-runtime'],
  }),
  javascript('js-openinference-langchain', '@arizeai/openinference-instrumentation-langchain', {
    environment: 'js-openinference',
    program: 'langchain.cjs',
    beside: ['@langchain/core', '@langchain/openai', '@langchain/anthropic'],
  }),
  javascript('js-traceloop-bedrock', '@traceloop/instrumentation-bedrock', {
    environment: 'js-traceloop',
    program: 'bedrock.cjs',
    beside: ['@aws-sdk/client-bedrock-runtime'],
  }),
  javascript('js-traceloop-langchain', '@traceloop/instrumentation-langchain', {
    environment: 'js-traceloop',
    program: 'langchain.cjs',
    beside: ['@langchain/core', '@langchain/openai'],
    never: /^workflow /,
  }),
  javascript('js-openlit-openai', 'openlit', {
    environment: 'js-openlit',
    program: 'openlit.cjs',
    beside: ['openai'],
  }),
  javascript('js-openlit-anthropic', 'openlit', {
    environment: 'js-openlit',
    program: 'openlit.cjs',
    beside: ['@anthropic-ai/sdk'],
  }),
  javascript('js-openlit-bedrock', 'openlit', {
    environment: 'js-openlit',
    program: 'bedrock.cjs',
    beside: ['@aws-sdk/client-bedrock-runtime'],
  }),
  javascript('js-langfuse-openai', '@langfuse/openai', {
    environment: 'js-langfuse',
    program: 'langfuse.cjs',
    beside: ['@langfuse/otel', 'openai'],
  }),
  javascript('js-langfuse-langchain', '@langfuse/langchain', {
    environment: 'js-langfuse',
    program: 'langchain.cjs',
    beside: ['@langfuse/otel', '@langchain/core', '@langchain/openai'],
  }),
  javascript('js-ai-sdk-5', 'ai', {
    environment: 'js-ai-sdk-5',
    program: 'ai-sdk.mjs',
    beside: ['@ai-sdk/openai', '@ai-sdk/anthropic', '@ai-sdk/google'],
  }),
  javascript('js-ai-sdk-6', 'ai', {
    environment: 'js-ai-sdk-6',
    program: 'ai-sdk.mjs',
    beside: ['@ai-sdk/openai', '@ai-sdk/anthropic', '@ai-sdk/google'],
  }),
  javascript('js-ai-sdk-7', 'ai', {
    environment: 'js-ai-sdk-7',
    program: 'ai-sdk.mjs',
    beside: ['@ai-sdk/openai', '@ai-sdk/anthropic', '@ai-sdk/google', '@ai-sdk/otel'],
  }),
  python('py-openllmetry-openai', 'opentelemetry-instrumentation-openai', {
    environment: 'py-openllmetry',
    program: 'openai_client.py',
    beside: ['openai'],
  }),
  python('py-openllmetry-anthropic', 'opentelemetry-instrumentation-anthropic', {
    environment: 'py-openllmetry',
    program: 'anthropic_client.py',
    beside: ['anthropic'],
    env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
  }),
  python('py-otel-openai-v2', 'opentelemetry-instrumentation-openai-v2', {
    environment: 'py-openai-v2',
    program: 'openai_client.py',
    beside: ['openai'],
  }),
  python('py-openinference-openai', 'openinference-instrumentation-openai', {
    environment: 'py-openinference',
    program: 'openai_client.py',
    beside: ['openai'],
  }),
  python('py-openinference-anthropic', 'openinference-instrumentation-anthropic', {
    environment: 'py-openinference',
    program: 'anthropic_client.py',
    beside: ['anthropic'],
    env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
  }),
  python('py-anthropic-native', 'anthropic', {
    environment: 'py-anthropic-native',
    program: 'anthropic_client.py',
    beside: [],
  }),
  python('py-openllmetry-anthropic-beside-native', 'opentelemetry-instrumentation-anthropic', {
    environment: 'py-openllmetry',
    program: 'anthropic_client.py',
    beside: ['anthropic'],
  }),
  python('py-openllmetry-gemini', 'opentelemetry-instrumentation-google-generativeai', {
    environment: 'py-openllmetry',
    program: 'gemini_client.py',
    beside: ['google-genai'],
  }),
  python('py-openllmetry-bedrock', 'opentelemetry-instrumentation-bedrock', {
    environment: 'py-openllmetry',
    program: 'bedrock_client.py',
    beside: ['boto3'],
  }),
  python('py-openllmetry-langchain', 'opentelemetry-instrumentation-langchain', {
    environment: 'py-openllmetry',
    program: 'langchain_client.py',
    beside: ['langchain', 'langchain-openai', 'langchain-anthropic'],
    never: /^(?:execute|invoke)_|\.workflow$/,
    env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
  }),
  python('py-openllmetry-langchain-with-openai', 'opentelemetry-instrumentation-langchain', {
    environment: 'py-openllmetry',
    program: 'langchain_client.py',
    beside: [
      'langchain',
      'langchain-openai',
      'langchain-anthropic',
      'opentelemetry-instrumentation-openai',
    ],
    never: /^(?:execute|invoke)_|\.workflow$/,
    env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
  }),
  python('py-openllmetry-agents', 'opentelemetry-instrumentation-openai-agents', {
    environment: 'py-openllmetry',
    program: 'agents_client.py',
    beside: ['openai-agents', 'openai'],
  }),
  python('py-openllmetry-mistral', 'opentelemetry-instrumentation-mistralai', {
    environment: 'py-mistral',
    program: 'other_clients.py',
    beside: ['mistralai'],
  }),
  python('py-openllmetry-cohere', 'opentelemetry-instrumentation-cohere', {
    environment: 'py-openllmetry',
    program: 'other_clients.py',
    beside: ['cohere'],
  }),
  python('py-openllmetry-groq', 'opentelemetry-instrumentation-groq', {
    environment: 'py-openllmetry',
    program: 'other_clients.py',
    beside: ['groq'],
  }),
  python('py-otel-google-genai', 'opentelemetry-instrumentation-google-genai', {
    environment: 'py-contrib',
    program: 'gemini_client.py',
    beside: ['google-genai'],
  }),
  python('py-otel-botocore', 'opentelemetry-instrumentation-botocore', {
    environment: 'py-contrib',
    program: 'bedrock_client.py',
    beside: ['boto3'],
  }),
  python('py-openinference-gemini', 'openinference-instrumentation-google-genai', {
    environment: 'py-openinference',
    program: 'gemini_client.py',
    beside: ['google-genai'],
  }),
  python('py-openinference-bedrock', 'openinference-instrumentation-bedrock', {
    environment: 'py-openinference',
    program: 'bedrock_client.py',
    beside: ['boto3'],
  }),
  python('py-openinference-langchain', 'openinference-instrumentation-langchain', {
    environment: 'py-openinference',
    program: 'langchain_client.py',
    beside: ['langchain', 'langchain-openai', 'langchain-anthropic'],
    env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
  }),
  python('py-openinference-langchain-with-openai', 'openinference-instrumentation-langchain', {
    environment: 'py-openinference',
    program: 'langchain_client.py',
    beside: [
      'langchain',
      'langchain-openai',
      'langchain-anthropic',
      'openinference-instrumentation-openai',
    ],
    env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
  }),
  python('py-openinference-agents', 'openinference-instrumentation-openai-agents', {
    environment: 'py-openinference',
    program: 'agents_client.py',
    beside: ['openai-agents', 'openai'],
  }),
  python('py-logfire-openai', 'logfire', {
    environment: 'py-logfire',
    program: 'logfire_client.py',
    beside: ['openai'],
  }),
  python('py-logfire-anthropic', 'logfire', {
    environment: 'py-logfire',
    program: 'logfire_client.py',
    beside: ['anthropic'],
    env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
  }),
  python('py-logfire-agents', 'logfire', {
    environment: 'py-logfire',
    program: 'agents_client.py',
    beside: ['openai-agents', 'openai'],
  }),
  python('py-litellm-otel', 'litellm', {
    environment: 'py-litellm',
    program: 'litellm_client.py',
    beside: ['openai'],
    // Usage as Python text, and only while content is logged; the span above it has the totals.
    never: /^raw_gen_ai_request$/,
  }),
  python('py-pydantic-ai', 'pydantic-ai-slim', {
    environment: 'py-pydantic-ai',
    program: 'pydantic_ai_client.py',
    beside: ['openai', 'anthropic', 'boto3'],
    env: { ANTHROPIC_OPEN_TELEMETRY: 'false' },
  }),
  python('py-litellm-openinference', 'openinference-instrumentation-litellm', {
    environment: 'py-litellm',
    program: 'litellm_client.py',
    beside: ['litellm', 'openai'],
  }),
  python('py-openllmetry040-openai', 'opentelemetry-instrumentation-openai', {
    environment: 'py-openllmetry-040',
    program: 'openai_client.py',
    beside: ['openai'],
  }),
  python('py-openllmetry040-anthropic', 'opentelemetry-instrumentation-anthropic', {
    environment: 'py-openllmetry-040',
    program: 'anthropic_client.py',
    beside: ['anthropic'],
  }),
  python('py-openlit-openai', 'openlit', {
    environment: 'py-openlit',
    program: 'openlit_client.py',
    beside: ['openai'],
  }),
  python('py-openlit-anthropic', 'openlit', {
    environment: 'py-openlit',
    program: 'openlit_client.py',
    beside: ['anthropic'],
  }),
  python('py-openlit-bedrock', 'openlit', {
    environment: 'py-openlit',
    program: 'bedrock_client.py',
    beside: ['boto3'],
  }),
];
