import { FOREIGN_PYTHON_COUNTS, FOREIGN_USAGE_PATHS } from '@tokenmeter/semconv';
import { at, countAt, parse, textAt, wordAt } from './read-json-text.ts';
import type { Attributes } from './received-telemetry.ts';

/** Attributes that hold usage as text, some of them beside what was asked and answered. They are read, never kept. */
export const FOREIGN_USAGE_TEXTS: readonly string[] = [
  'gen_ai.usage.raw',
  'usage',
  'langfuse.observation.usage_details',
  'ai.response.providerMetadata',
  'metadata.usage_object',
  'mlflow.chat.tokenUsage',
  'mlflow.spanOutputs',
  'langsmith.metadata.usage_metadata',
  'response_data',
  'response',
  'gcp.vertex.agent.llm_response',
  'output.value',
  'input.value',
];

type CountName = 'cacheRead' | 'cacheWrite' | 'cacheWrite5m' | 'cacheWrite1h' | 'reasoning';
type Counts = Readonly<Partial<Record<CountName | 'input' | 'output', number>>>;

/** What usage in text says. Undefined: nothing. */
export interface UsageText {
  /** Inclusive totals that outrank those of the span. */
  readonly totals: Counts;
  /** Parts and totals that the span itself may lack. */
  readonly parts: Counts;
  /** Input as Anthropic and Bedrock count it: without what a cache held. */
  readonly rawInput?: number | undefined;
  /** All tokens of the call. */
  readonly total?: number | undefined;
  readonly serviceTier?: string | undefined;
  readonly speed?: string | undefined;
  readonly inferenceGeo?: string | undefined;
  readonly webSearches?: number | undefined;
  /** Audio has rates of its own; 0 is not said. */
  readonly inputAudio?: number | undefined;
  readonly outputAudio?: number | undefined;
  /** What the provider itself asks for the call, in USD. */
  readonly providerCostUsd?: number | undefined;
  readonly responseId?: string | undefined;
  readonly responseModel?: string | undefined;
}

/** What is known of a call before its texts are read. */
export interface KnownCall {
  readonly scopeName: string;
  readonly provider: string;
  /** The first word of the provider as the span writes it. */
  readonly saidProvider: string;
  readonly requestModel: string;
  /** What the span itself has a count for. */
  readonly hasInput: boolean;
  readonly hasReasoning: boolean;
  readonly hasCacheRead: boolean;
  readonly hasCacheWrite: boolean;
}

const NOTHING: UsageText = { totals: {}, parts: {} };

function defined(counts: Readonly<Record<string, number | undefined>>): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== undefined));
}

/** Says more than the span itself: a life of cache writes, thoughts, a tier, searches, a cost. */
const TELLING =
  /"ephemeral_1h_input_tokens": ?[1-9]|"thinking_tokens": ?[1-9]|"service_tier": ?"[bfpru]|"web_search_requests": ?[1-9]|"cost": ?[0-9]|"speed": ?"fast|"inference_geo": ?"us/;
const TELLING_READS =
  /"(?:cache_read(?:_input_tokens)?|cacheReadInputTokens|cached_tokens|cached_content_token_count)": ?[1-9]/;
const TELLING_TOTALS = /"usage(?:_metadata|Metadata)?": ?[{]/;
const TELLING_REASONING = /"reasoning(?:_tokens)?": ?[1-9]/;
const TELLING_WRITES =
  /"cache_write_tokens": ?[1-9]|"cache_creation(?:_input_tokens)?": ?[1-9]|"cacheWriteInputTokens": ?[1-9]/;

/** The whole answer of a provider, read only where it says more than the span: that takes long. */
function answerOf(text: string | undefined, known: KnownCall): unknown {
  if (text === undefined || !text.startsWith('{')) return undefined;
  const isWanted =
    TELLING.test(text) ||
    (!known.hasInput && TELLING_TOTALS.test(text)) ||
    (!known.hasReasoning && TELLING_REASONING.test(text)) ||
    (!known.hasCacheRead && TELLING_READS.test(text)) ||
    (!known.hasCacheWrite && TELLING_WRITES.test(text)) ||
    (known.provider === 'aws.bedrock' && !/[0-9]/.test(known.requestModel));
  return isWanted ? parse(text) : undefined;
}

/** LangChain's message around a provider's answer. */
function messageUsage(answer: unknown): unknown {
  const message = at(answer, 'generations.0.0.message.kwargs');
  return at(message, 'response_metadata.usage') ?? at(message, 'additional_kwargs.usage');
}

/** An answer that Logfire keeps; older versions say its usage nowhere else. */
function logfireAnswer(attributes: Attributes, scopeName: string): unknown {
  if (!scopeName.startsWith('logfire')) return undefined;
  const usage = parse(textAt(attributes, 'usage'));
  if (usage !== undefined) return { usage };
  if (attributes.has('gen_ai.usage.raw')) return undefined;
  return parse(textAt(attributes, 'response_data') ?? textAt(attributes, 'response'));
}

/** Its own count, inclusive by whatever provider: all that streams have. */
function langchainUsage(answer: unknown): unknown {
  return at(answer, 'generations.0.0.message.kwargs.usage_metadata');
}

interface Texts {
  /** What a library counted by whatever provider: inclusive. */
  readonly counted: unknown;
  readonly raw: unknown;
  readonly langfuse: unknown;
  readonly metadata: unknown;
  readonly answer: unknown;
}

/** The object that says most of all. */
function usageOf({ counted, raw, langfuse, metadata, answer }: Texts, provider: string): unknown {
  return (
    at(metadata, 'openrouter.usage') ??
    at(metadata, 'google.usageMetadata') ??
    at(metadata, 'bedrock.usage') ??
    at(metadata, 'anthropic.usage') ??
    langfuse ??
    messageUsage(answer) ??
    at(answer, 'usage') ??
    at(answer, 'usage_metadata') ??
    at(answer, 'meta.usage') ??
    at(answer, 'meta.0.usage') ??
    raw ??
    at(metadata, provider) ??
    at(metadata, 'openai') ??
    counted
  );
}

/**
 * Reads the usage that stands in text: Logfire, Langfuse, AI SDK 5, OpenInference, LiteLLM. It looks at the same places
 * as the Collector's normalise.yaml. Never throws.
 */
export function readUsageText(attributes: Attributes, known: KnownCall): UsageText {
  if (!FOREIGN_USAGE_TEXTS.some((key) => attributes.has(key))) return NOTHING;
  const output = textAt(attributes, 'output.value');
  const logfire = logfireAnswer(attributes, known.scopeName);
  const texts: Texts = {
    counted:
      parse(textAt(attributes, 'mlflow.chat.tokenUsage')) ??
      parse(textAt(attributes, 'langsmith.metadata.usage_metadata')),
    raw:
      at(logfire, 'usage') ??
      parse(textAt(attributes, 'gen_ai.usage.raw')) ??
      at(parse(textAt(attributes, 'gcp.vertex.agent.llm_response')), 'usage_metadata'),
    langfuse: parse(textAt(attributes, 'langfuse.observation.usage_details')),
    metadata: parse(textAt(attributes, 'ai.response.providerMetadata')),
    answer: answerOf(output ?? textAt(attributes, 'mlflow.spanOutputs'), known),
  };
  const { langfuse, metadata, answer } = texts;
  const said = usageOf(texts, known.saidProvider);
  const inclusive = texts.counted ?? (said === undefined ? langchainUsage(answer) : undefined);
  const usage = said ?? inclusive;
  const python = textAt(attributes, 'metadata.usage_object');
  const isUnread = python === undefined && usage === undefined;
  const parts = partsOf(usage, isUnread ? PYTHON_USAGE.exec(output ?? '')?.[1] : python);
  return {
    ...totalsOf(inclusive ?? usage, langfuse, parts),
    rawInput: inclusive === undefined ? countAt(usage, ...FOREIGN_USAGE_PATHS.rawInput) : undefined,
    total: countAt(inclusive, 'total_tokens'),
    serviceTier:
      wordAt(usage, 'service_tier') ??
      wordAt(answer, 'service_tier') ??
      wordAt(logfire, 'service_tier') ??
      wordAt(metadata, 'openai.serviceTier'),
    speed: wordAt(usage, 'speed'),
    inferenceGeo: wordAt(usage, 'inference_geo'),
    webSearches: countAt(usage, 'server_tool_use.web_search_requests'),
    inputAudio: audioOf(usage, FOREIGN_USAGE_PATHS.inputAudio),
    outputAudio: audioOf(usage, FOREIGN_USAGE_PATHS.outputAudio),
    providerCostUsd: costOf(usage, metadata),
    responseId: /^\{"id": ?"([^"]+)"/.exec(output?.slice(0, 120) ?? '')?.[1],
    responseModel: wordAt(answer, 'model'),
  };
}

function audioOf(usage: unknown, paths: readonly string[]): number | undefined {
  const count = countAt(usage, ...paths) ?? 0;
  return count > 0 ? count : undefined;
}

/** `modelId` of a request to Bedrock. */
export function readRequestedModel(attributes: Attributes): string | undefined {
  const text = textAt(attributes, 'input.value');
  return text?.includes('"modelId":') === true ? wordAt(parse(text), 'modelId') : undefined;
}

function partsOf(usage: unknown, pythonText: string | undefined): Counts {
  const names = ['cacheRead', 'cacheWrite', 'cacheWrite5m', 'cacheWrite1h', 'reasoning'] as const;
  const counts: Partial<Record<CountName, number | undefined>> = {};
  for (const name of names) {
    counts[name] =
      countAt(usage, ...FOREIGN_USAGE_PATHS[name]) ??
      pythonCount(pythonText, FOREIGN_PYTHON_COUNTS[name]);
  }
  return defined(counts);
}

/** Haystack and smolagents write an answer as Python does: the last usage of the text is its own. */
const PYTHON_USAGE = /^.*(usage(?:=[A-Za-z]*Usage[(]|': [{])'?completion_tokens.*)/;

function pythonCount(text: string | undefined, name: string): number | undefined {
  const found = text === undefined ? null : new RegExp(`${name}'?(?:: |=)([0-9]{1,15})`).exec(text);
  return found === null ? undefined : Number(found[1]);
}

const INPUTS = ['prompt_tokens', 'input_tokens', 'inputTokens'];
const OUTPUTS = ['completion_tokens', 'output_tokens', 'outputTokens'];

/**
 * Gemini's own words, as its API or its Python client writes them: thoughts beside the answer, tools beside the prompt. Who
 * writes so for other providers may count thoughts in the answer, as the total shows.
 */
function geminiTotals(usage: unknown): Counts | undefined {
  const prompt = countAt(usage, 'promptTokenCount', 'prompt_token_count');
  if (prompt === undefined) return undefined;
  const tools = countAt(usage, 'toolUsePromptTokenCount', 'tool_use_prompt_token_count') ?? 0;
  const answer = countAt(usage, 'candidatesTokenCount', 'candidates_token_count') ?? 0;
  const thoughts = countAt(usage, 'thoughtsTokenCount', 'thoughts_token_count') ?? 0;
  const total = countAt(usage, 'totalTokenCount', 'total_token_count');
  const input = prompt + tools;
  return { input, output: total === input + answer ? answer : answer + thoughts };
}

/** Langfuse counts every token in one class only; Gemini counts thoughts beside the answer. */
function totalsOf(
  usage: unknown,
  langfuse: unknown,
  parts: Counts,
): Pick<UsageText, 'totals' | 'parts'> {
  const { cacheRead = 0, cacheWrite = 0, reasoning = 0 } = parts;
  const gemini = geminiTotals(usage);
  if (gemini !== undefined) return { totals: gemini, parts };
  const input = countAt(langfuse, 'input');
  const output = countAt(langfuse, 'output');
  const audio = (key: string): number => countAt(langfuse, key) ?? 0;
  // Before 5 in JavaScript its totals held their parts, as their sum shows.
  const isInclusive = plus(input, output ?? Number.NaN) === countAt(langfuse, 'total');
  if (isInclusive && input !== undefined && cacheRead + cacheWrite + reasoning > 0) {
    return { totals: defined({ input, output }), parts };
  }
  return {
    totals: defined({
      input: plus(input, cacheRead + cacheWrite + audio('input_audio_tokens')),
      output: plus(output, reasoning + audio('output_audio_tokens')),
    }),
    parts: {
      ...parts,
      ...defined({
        input: countAt(langfuse ?? usage, ...INPUTS),
        output: countAt(langfuse ?? usage, ...OUTPUTS),
      }),
    },
  };
}

function plus(count: number | undefined, more: number): number | undefined {
  return count === undefined ? undefined : count + more;
}

function amount(value: unknown): number | undefined {
  const usd = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof usd === 'number' && Number.isFinite(usd) ? usd : undefined;
}

/** OpenRouter's, xAI's and the AI Gateway's own figure. */
function costOf(usage: unknown, metadata: unknown): number | undefined {
  const ticks = amount(at(usage, 'cost_in_usd_ticks'));
  const upstream = amount(at(usage, 'cost_details.upstream_inference_cost'));
  return (
    amount(at(metadata, 'gateway.cost')) ??
    (ticks === undefined ? undefined : ticks / 1e10) ??
    (at(usage, 'is_byok') === true ? upstream : undefined) ??
    amount(at(usage, 'cost'))
  );
}
