import type { PriceModifiers } from './call-record.ts';

/** What a host name tells. */
export interface HostFacts {
  /**
   * `gen_ai.provider.name`. Values outside the conventions' list are our own words for the host. Undefined for gateways
   * that pass several APIs through: there the API tells.
   */
  readonly provider?: string;
  readonly modifiers: PriceModifiers;
}

const NO_MODIFIERS: PriceModifiers = {};

/** Providers by exact host name. */
const PROVIDERS: ReadonlyMap<string, HostFacts> = new Map(
  Object.entries({
    'api.openai.com': 'openai',
    'api.anthropic.com': 'anthropic',
    'generativelanguage.googleapis.com': 'gcp.gemini',
    'aiplatform.googleapis.com': 'gcp.vertex_ai',
    'api.mistral.ai': 'mistral_ai',
    'codestral.mistral.ai': 'mistral_ai',
    'api.cohere.com': 'cohere',
    'api.cohere.ai': 'cohere',
    'api.groq.com': 'groq',
    'api.deepseek.com': 'deepseek',
    'api.x.ai': 'x_ai',
    'api.together.xyz': 'together',
    'api.together.ai': 'together',
    'api.fireworks.ai': 'fireworks',
    'api.perplexity.ai': 'perplexity',
    'openrouter.ai': 'openrouter',
    'api.moonshot.ai': 'moonshot_ai',
    'api.moonshot.cn': 'moonshot_ai',
    'api.cerebras.ai': 'cerebras',
    'api.deepinfra.com': 'deepinfra',
    'api.sambanova.ai': 'sambanova',
    'api.hyperbolic.xyz': 'hyperbolic',
    'api.novita.ai': 'novita',
    'integrate.api.nvidia.com': 'nvidia',
    'router.huggingface.co': 'huggingface',
    'models.github.ai': 'github',
    'ai-gateway.vercel.sh': 'vercel',
    'api.z.ai': 'zai',
    'dashscope.aliyuncs.com': 'alibaba',
    'dashscope-intl.aliyuncs.com': 'alibaba',
    'api.minimax.io': 'minimax',
    'ollama.com': 'ollama',
    'api.voyageai.com': 'voyageai',
    'api.jina.ai': 'jina',
    'open.bigmodel.cn': 'zhipuai',
    'api.ai21.com': 'ai21',
    'api.arcee.ai': 'arcee',
    'api.avian.io': 'avian',
    'api.cloudflare.com': 'cloudflare',
    'api.friendli.ai': 'friendli',
    'api.githubcopilot.com': 'github-copilot',
    'api.scaleway.ai': 'scaleway',
    'api.siliconflow.cn': 'siliconflow',
    'api.siliconflow.com': 'siliconflow',
    'api.studio.nebius.com': 'nebius',
    'api.tokenfactory.nebius.com': 'nebius',
    'api.upstage.ai': 'upstage',
    'inference.baseten.co': 'baseten',
    'inference.api.nscale.com': 'nscale',
    'llm.chutes.ai': 'chutes',
    'models.inference.ai.azure.com': 'github',
    'oai.endpoints.kepler.ai.cloud.ovh.net': 'ovhcloud',
    'oai.helicone.ai': 'openai',
    'anthropic.helicone.ai': 'anthropic',
  }).map(([host, provider]) => [host, { provider, modifiers: NO_MODIFIERS }]),
);

/** Gateways that pass the providers' own APIs through. */
const GATEWAYS: ReadonlySet<string> = new Set([
  'gateway.ai.cloudflare.com',
  'gateway.helicone.ai',
  'ai-gateway.helicone.ai',
  'api.portkey.ai',
]);

/** A family of hosts whose first label varies. */
interface HostPattern {
  readonly pattern: RegExp;
  readonly provider: string;
}

/** Regional, FIPS, private-link and Chinese hosts of Bedrock. */
const BEDROCK: HostPattern = {
  pattern: /(?:^|\.)bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?amazonaws\.com(?:\.cn)?$/,
  provider: 'aws.bedrock',
};

/** Resources of Azure OpenAI in the clouds of a government and of China. */
const AZURE_ABROAD: HostPattern = {
  pattern: /\.(?:openai|cognitiveservices|services\.ai)\.azure\.(?:us|cn)$/,
  provider: 'azure.ai.openai',
};

/** Host families by their last two labels. The first group of a pattern, where it has one, is the region. */
const PATTERNS: ReadonlyMap<string, readonly HostPattern[]> = new Map([
  ['openai.com', [{ pattern: /^([a-z]{2})\.api\.openai\.com$/, provider: 'openai' }]],
  [
    'azure.com',
    [
      { pattern: /\.openai\.azure\.com$/, provider: 'azure.ai.openai' },
      { pattern: /\.cognitiveservices\.azure\.com$/, provider: 'azure.ai.openai' },
      { pattern: /\.services\.ai\.azure\.com$/, provider: 'azure.ai.openai' },
      { pattern: /\.([a-z0-9]+)\.models\.ai\.azure\.com$/, provider: 'azure.ai.inference' },
    ],
  ],
  ['azure.us', [AZURE_ABROAD]],
  ['azure.cn', [AZURE_ABROAD]],
  [
    'microsoft.com',
    [{ pattern: /^([a-z0-9]+)\.api\.cognitive\.microsoft\.com$/, provider: 'azure.ai.openai' }],
  ],
  ['amazonaws.com', [BEDROCK]],
  ['com.cn', [BEDROCK]],
  [
    'api.aws',
    [{ pattern: /^bedrock-(?:mantle|runtime)\.([a-z0-9-]+)\.api\.aws$/, provider: 'aws.bedrock' }],
  ],
  [
    'googleapis.com',
    [
      { pattern: /^([a-z0-9-]+)-aiplatform\.googleapis\.com$/, provider: 'gcp.vertex_ai' },
      // Several regions of one part of the world: `us`, `eu`.
      { pattern: /^aiplatform\.([a-z0-9-]+)\.rep\.googleapis\.com$/, provider: 'gcp.vertex_ai' },
    ],
  ],
  ['x.ai', [{ pattern: /^([a-z0-9-]+)\.api\.x\.ai$/, provider: 'x_ai' }]],
]);

/** Facts of a lower-case host name; undefined for hosts that we do not know. */
export function hostFacts(host: string): HostFacts | undefined {
  const exact = PROVIDERS.get(host);
  if (exact !== undefined) return exact;
  if (GATEWAYS.has(host)) return { modifiers: NO_MODIFIERS };
  const dot = host.lastIndexOf('.', host.lastIndexOf('.') - 1);
  for (const { pattern, provider } of PATTERNS.get(host.slice(dot + 1)) ?? []) {
    const match = pattern.exec(host);
    if (match === null) continue;
    const region = match[1];
    return { provider, modifiers: region === undefined ? NO_MODIFIERS : { region } };
  }
  return undefined;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|.*\.localhost)$/;

/** True for names of this machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
