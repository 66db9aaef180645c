/** One SDK, at one version, with the program that uses it. */
export interface Sdk {
  /** Folder of its installation, and the row of the report. */
  readonly id: string;
  /** Package the row is about, or what it is where no package is. */
  readonly name: string;
  /** Words for the row; name and version when absent. */
  readonly title?: string;
  /** Exact versions of everything that the program imports; the first is the row's version. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** File in `programs/`, without `.mjs`. */
  readonly program: string;
  /** Provider as `TOKENMETER_HOSTS` names it; undefined where the path alone tells. */
  readonly provider?: string;
  /** Providers that the program asks at hosts of their own, which `COMPAT_OTHERS` names. */
  readonly others?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /**
   * How a call must be recorded that the SDK's own time-out ended: `error` where the SDK aborts with a `TimeoutError`,
   * `aborted`, the default, where it aborts as an application would.
   */
  readonly timeoutOutcome?: 'aborted' | 'error';
  /** Optional packages that the SDK asks for and a bundler must leave out. */
  readonly external?: readonly string[];
}

/** Bundler of the third module system, in an installation of its own. */
export const ESBUILD_VERSION = '0.28.2';

/** Node versions of the matrix by major. */
export const NODE_VERSIONS: Readonly<Record<string, string>> = {
  22: '22.23.3',
  24: '24.21.0',
  26: '26.10.0',
};

const ZOD_3 = '3.25.76';
const ZOD_4 = '4.6.7';

function openai(major: string, version: string, zod: string): Sdk {
  return {
    id: `openai-${major}`,
    name: 'openai',
    dependencies: { openai: version, zod },
    program: 'openai',
  };
}

function anthropic(id: string, version: string): Sdk {
  return {
    id,
    name: '@anthropic-ai/sdk',
    dependencies: { '@anthropic-ai/sdk': version },
    program: 'anthropic',
  };
}

function aiSdk(major: string, version: string, openaiVersion: string, other: string): Sdk {
  return {
    id: `ai-${major}`,
    name: 'ai',
    dependencies: {
      ai: version,
      '@ai-sdk/openai': openaiVersion,
      '@ai-sdk/anthropic': other,
      zod: ZOD_4,
    },
    program: 'ai-sdk',
    timeoutOutcome: 'error',
  };
}

function gateway(major: string, version: string): Sdk {
  return {
    id: `ai-gateway-${major}`,
    name: 'ai',
    title: `ai ${version}, string models`,
    dependencies: { ai: version, zod: ZOD_4 },
    program: 'ai-gateway',
    timeoutOutcome: 'error',
  };
}

function undici(major: string, version: string): Sdk {
  return {
    id: `undici-${major}`,
    name: 'undici',
    dependencies: { undici: version },
    program: 'undici',
  };
}

function single(name: string, version: string, program: string, more: Partial<Sdk> = {}): Sdk {
  const id = name.replace(/^@/, '').replaceAll('/', '-');
  return { id, name, dependencies: { [name]: version }, program, ...more };
}

/** Every SDK of the matrix, pinned on 2026-11-22. */
export const SDKS: readonly Sdk[] = [
  openai('4', '4.104.0', ZOD_3),
  openai('5', '5.23.2', ZOD_3),
  openai('6', '6.49.0', ZOD_4),
  openai('7', '7.57.0', ZOD_4),
  anthropic('anthropic-oldest', '0.52.0'),
  anthropic('anthropic-newest', '1.12.0'),
  single('@google/genai', '3.1.0', 'gemini'),
  single('@mistralai/mistralai', '2.7.0', 'mistral', {
    provider: 'mistral_ai',
    timeoutOutcome: 'error',
    external: ['@opentelemetry/api'],
  }),
  single('cohere-ai', '8.1.0', 'cohere', { provider: 'cohere', timeoutOutcome: 'error' }),
  single('groq-sdk', '1.6.0', 'groq', { provider: 'groq' }),
  single('together-ai', '0.52.0', 'together', { provider: 'together' }),
  single('ollama', '0.6.4', 'ollama', { provider: 'ollama' }),
  single('@aws-sdk/client-bedrock-runtime', '3.1164.0', 'bedrock', { provider: 'aws.bedrock' }),
  aiSdk('5', '5.0.277', '2.0.131', '2.0.112'),
  aiSdk('6', '6.0.326', '3.0.141', '3.0.138'),
  aiSdk('7', '7.0.173', '4.0.118', '4.0.105'),
  {
    id: 'ai-providers',
    name: 'ai',
    title: 'ai 7.0.173, its other providers',
    dependencies: {
      ai: '7.0.173',
      '@ai-sdk/azure': '4.0.85',
      '@ai-sdk/cohere': '4.0.52',
      '@ai-sdk/deepseek': '3.0.56',
      '@ai-sdk/fireworks': '3.0.62',
      '@ai-sdk/google': '4.0.121',
      '@ai-sdk/groq': '4.0.84',
      '@ai-sdk/mistral': '4.0.87',
      '@ai-sdk/openai-compatible': '3.0.92',
      '@ai-sdk/perplexity': '4.0.49',
      '@ai-sdk/togetherai': '3.0.54',
      '@ai-sdk/xai': '5.0.12',
      '@openrouter/ai-sdk-provider': '3.1.0',
      zod: ZOD_4,
    },
    program: 'ai-providers',
    others: [
      'azure.ai.openai',
      'cohere',
      'deepseek',
      'fireworks',
      'groq',
      'mistral_ai',
      'openrouter',
      'perplexity',
      'together',
      'vllm',
      'x_ai',
    ],
    timeoutOutcome: 'error',
  },
  gateway('5', '5.0.277'),
  gateway('7', '7.0.173'),
  {
    id: 'azure-openai',
    name: 'openai',
    title: 'openai 7.57.0, AzureOpenAI',
    dependencies: { openai: '7.57.0' },
    program: 'azure-openai',
    provider: 'azure.ai.openai',
  },
  single('@azure-rest/ai-inference', '1.0.0-beta.6', 'azure-inference', {
    provider: 'azure.ai.inference',
  }),
  single('@openrouter/sdk', '1.3.19', 'openrouter', {
    provider: 'openrouter',
    timeoutOutcome: 'error',
  }),
  {
    id: 'langchain-openai',
    name: '@langchain/openai',
    dependencies: { '@langchain/openai': '1.6.0', '@langchain/core': '1.4.0' },
    program: 'langchain-openai',
    timeoutOutcome: 'error',
  },
  {
    id: 'langchain-anthropic',
    name: '@langchain/anthropic',
    dependencies: { '@langchain/anthropic': '1.5.11', '@langchain/core': '1.4.0' },
    program: 'langchain-anthropic',
  },
  {
    id: 'openai-agents',
    name: '@openai/agents',
    dependencies: { '@openai/agents': '0.20.0', zod: ZOD_4 },
    program: 'openai-agents',
    env: { OPENAI_AGENTS_DISABLE_TRACING: '1' },
  },
  { id: 'fetch', name: 'fetch', dependencies: {}, program: 'fetch', timeoutOutcome: 'error' },
  undici('6', '6.29.1'),
  undici('7', '7.30.2'),
  undici('8', '8.12.4'),
  single('axios', '1.21.1', 'axios', { timeoutOutcome: 'error' }),
  single('node-fetch', '2.7.0', 'node-fetch'),
  single('got', '16.1.0', 'got', { timeoutOutcome: 'error' }),
];
