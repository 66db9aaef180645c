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
}

function javascript(
  name: string,
  library: string,
  rest: Pick<Dialect, 'environment' | 'program' | 'beside'> & Pick<Partial<Dialect>, 'env'>,
): Dialect {
  return { name, library, language: 'javascript', ...rest };
}

function python(
  name: string,
  library: string,
  rest: Pick<Dialect, 'environment' | 'program' | 'beside'> & Pick<Partial<Dialect>, 'env'>,
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
];
