import type { FOREIGN_COUNTS } from '@tokenmeter/semconv';
import type { Attributes } from './received-telemetry.ts';

/** Attributes that hold usage as JSON text. */
export const FOREIGN_USAGE_TEXTS: readonly string[] = [
  'gen_ai.usage.raw',
  'langfuse.observation.usage_details',
  'ai.response.providerMetadata',
];

type Counts = Readonly<Partial<Record<keyof typeof FOREIGN_COUNTS, number>>>;

/** What usage in JSON text says. */
export interface UsageText {
  /** Inclusive totals that outrank those of the span. */
  readonly totals: Counts;
  /** Parts that the span itself may lack. */
  readonly parts: Counts;
  /** Input as Anthropic and Bedrock count it: without what a cache held. */
  readonly rawInput: number | undefined;
  readonly serviceTier: string | undefined;
}

const NOTHING: UsageText = { totals: {}, parts: {}, rawInput: undefined, serviceTier: undefined };

/** Longer texts are no usage. */
const LONGEST_TEXT = 100_000;

function parse(attributes: Attributes, key: string): unknown {
  const text = attributes.get(key);
  if (typeof text !== 'string' || text.length > LONGEST_TEXT) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value at a path such as `a.b`; undefined where there is none. */
function at(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}

function count(value: unknown, ...paths: readonly string[]): number | undefined {
  const found = paths.map((path) => at(value, path)).find((each) => typeof each === 'number');
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : undefined;
}

function defined(counts: Readonly<Record<string, number | undefined>>): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== undefined));
}

/** Reads the usage that stands in JSON text: Logfire, Langfuse, AI SDK 5. Never throws. */
export function readUsageText(attributes: Attributes): UsageText {
  const langfuse = parse(attributes, 'langfuse.observation.usage_details');
  const metadata = parse(attributes, 'ai.response.providerMetadata');
  const usage =
    langfuse ??
    parse(attributes, 'gen_ai.usage.raw') ??
    at(metadata, 'anthropic.usage') ??
    at(metadata, 'bedrock.usage') ??
    at(metadata, 'google.usageMetadata') ??
    at(metadata, 'openai');
  if (usage === undefined) return NOTHING;
  const parts = partsOf(usage);
  const tier = at(usage, 'service_tier') ?? at(metadata, 'openai.serviceTier');
  return {
    parts,
    totals: totalsOf(usage, langfuse, parts),
    rawInput: count(usage, 'input_tokens', 'inputTokens'),
    serviceTier: typeof tier === 'string' ? tier : undefined,
  };
}

function partsOf(usage: unknown): Counts {
  return defined({
    cacheRead: count(
      usage,
      ...['cache_read_input_tokens', 'prompt_tokens_details.cached_tokens'],
      ...['input_tokens_details.cached_tokens', 'input_cached_tokens', 'cacheReadInputTokens'],
      ...['cachedContentTokenCount', 'cachedPromptTokens'],
    ),
    cacheWrite: count(
      usage,
      ...['cache_creation_input_tokens', 'prompt_tokens_details.cache_write_tokens'],
      ...['input_tokens_details.cache_write_tokens', 'input_cache_write_tokens'],
      ...['cacheWriteInputTokens', 'usage.cacheWriteTokens'],
    ),
    cacheWrite5m: count(usage, 'cache_creation.ephemeral_5m_input_tokens'),
    cacheWrite1h: count(usage, 'cache_creation.ephemeral_1h_input_tokens'),
    reasoning: count(
      usage,
      ...['completion_tokens_details.reasoning_tokens', 'output_tokens_details.reasoning_tokens'],
      ...['output_tokens_details.thinking_tokens', 'output_reasoning_tokens'],
      ...['thoughtsTokenCount', 'reasoningTokens'],
    ),
  });
}

/** Langfuse counts every token in one class only; Gemini counts thoughts beside the answer. */
function totalsOf(usage: unknown, langfuse: unknown, parts: Counts): Counts {
  const { cacheRead = 0, cacheWrite = 0, reasoning = 0 } = parts;
  const input = count(langfuse, 'input');
  const output = count(langfuse, 'output');
  const prompt = count(usage, 'promptTokenCount');
  if (prompt !== undefined) {
    return {
      input: prompt + (count(usage, 'toolUsePromptTokenCount') ?? 0),
      output: (count(usage, 'candidatesTokenCount') ?? 0) + reasoning,
    };
  }
  return defined({
    input:
      input === undefined
        ? count(langfuse, 'prompt_tokens', 'input_tokens')
        : input + cacheRead + cacheWrite,
    output:
      output === undefined
        ? count(langfuse, 'completion_tokens', 'output_tokens')
        : output + reasoning,
  });
}
