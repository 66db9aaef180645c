import type { Attributes, AttributeValue } from '@tokenmeter/testkit';
import { genAi, general, providerSpecific } from '../../packages/semconv/src/index.ts';
import type { Exchange, ExchangeTruth } from './exchange.ts';

type Json = Readonly<Record<string, unknown>>;
type Values = Readonly<Record<string, AttributeValue | undefined>>;

/**
 * What a span of this exchange must say wherever the conventions ask for it: `undefined` stands for "must be absent".
 *
 * Taken from the request, the response's expectation and the conventions' own words, not from our code.
 */
export function expectedAttributes(exchange: Exchange, port: number): Values {
  const { truth } = exchange;
  const body: Json = JSON.parse(exchange.requestText);
  return {
    ...requested(body, truth),
    ...answered(truth),
    ...(truth.operation === 'fetch_response' ? {} : used(truth.tokens)),
    ...(truth.provider === 'openai' ? openaiOnly(body, truth) : {}),
    [genAi.operationName]: truth.operation,
    [genAi.providerName]: truth.provider,
    // Bedrock, Gemini and Azure are told the model by the path, whatever the body says.
    [genAi.requestModel]:
      truth.pathModel ?? textOf(objectOf(body.model).id ?? body.model ?? body.modelId),
    [general.serverAddress]: truth.host,
    [general.serverPort]: port,
  };
}

/** The parameters by the names that providers give them. */
function requested(body: Json, { operation, isStreaming }: ExchangeTruth): Values {
  const settings: Json = {
    ...objectOf(body.inferenceConfig),
    ...objectOf(body.generationConfig),
    ...objectOf(body.options),
    ...objectOf(body.parameters),
    ...objectOf(body.completion_args),
    ...body,
  };
  const first = (...names: readonly string[]): AttributeValue | undefined => {
    const name = names.find((one) => settings[one] !== undefined);
    return name === undefined ? undefined : plainValue(settings[name]);
  };
  if (operation === 'embeddings') {
    return {
      [genAi.requestStream]: undefined,
      [genAi.embeddingsDimensionCount]: first(
        'dimensions',
        'output_dimension',
        'outputDimensionality',
      ),
    };
  }
  const choices = first('n', 'candidateCount');
  return {
    // The conventions: only when true.
    [genAi.requestStream]: isStreaming ? true : undefined,
    [genAi.requestChoiceCount]: choices === 1 ? undefined : choices,
    [genAi.requestSeed]: first('seed', 'random_seed'),
    [genAi.requestTopK]: first('top_k', 'topK', 'k'),
    [genAi.requestTopP]: first('top_p', 'topP', 'p'),
    [genAi.requestTemperature]: first('temperature'),
    [genAi.requestFrequencyPenalty]: first('frequency_penalty', 'frequencyPenalty'),
    [genAi.requestPresencePenalty]: first('presence_penalty', 'presencePenalty'),
  };
}

function answered(truth: ExchangeTruth): Values {
  const isError = truth.statusCode >= 400 || truth.errorType !== undefined;
  const isCut = !isError && !truth.isComplete;
  const isBroken = truth.statusCode === 200 && (isError || isCut);
  return {
    [genAi.responseModel]: truth.responseModel,
    [genAi.responseId]: truth.responseId,
    // The conventions: a generation that ended abnormally has the finish reason `error`; one refused had not begun.
    [genAi.responseFinishReasons]: truth.finishReasons ?? (isBroken ? ['error'] : undefined),
    [general.httpResponseStatusCode]: truth.statusCode,
    ...(isError
      ? { [general.errorType]: truth.errorType ?? String(truth.statusCode) }
      : { [general.errorType]: isCut ? 'incomplete' : undefined }),
  };
}

const CACHE_READ = ['cache_read', 'cache_read_audio', 'cache_read_image'];
const CACHE_WRITE = ['cache_write', 'cache_write_5m', 'cache_write_1h'];
const MEDIA = ['input_audio', 'input_image', 'input_video'];

/** The conventions' totals: cached tokens are part of the input, reasoning is part of the output. */
function used(tokens: Readonly<Record<string, number>> | undefined): Values {
  const sum = (...classes: readonly string[]): number | undefined => {
    const counts = classes.flatMap((name) => tokens?.[name] ?? []);
    return counts.length === 0 ? undefined : counts.reduce((total, count) => total + count, 0);
  };
  return {
    [genAi.usageInputTokens]: sum('input', ...CACHE_READ, ...CACHE_WRITE, ...MEDIA),
    [genAi.usageOutputTokens]: sum('output', 'reasoning', 'output_audio', 'output_image'),
    [genAi.usageCacheReadInputTokens]: sum(...CACHE_READ),
    [genAi.usageCacheWriteInputTokens]: sum(...CACHE_WRITE),
    [genAi.usageReasoningOutputTokens]: sum('reasoning'),
    [genAi.usageAudioInputTokens]: sum('input_audio', 'cache_read_audio'),
    [genAi.usageImageInputTokens]: sum('input_image', 'cache_read_image'),
    [genAi.usageAudioOutputTokens]: sum('output_audio'),
    [genAi.usageImageOutputTokens]: sum('output_image'),
  };
}

function openaiOnly(body: Json, truth: ExchangeTruth): Values {
  const tier = textOf(body.service_tier);
  return {
    [providerSpecific.openaiRequestServiceTier]: tier === 'auto' ? undefined : tier,
    [providerSpecific.openaiResponseServiceTier]: truth.serviceTier,
  };
}

/** What differs from the expectation, in words. */
export function differences(attributes: Attributes, expected: Values): readonly string[] {
  return Object.entries(expected).flatMap(([name, want]) => {
    const [got, wanted] = [attributes[name], want].map((value) => JSON.stringify(value));
    return got === wanted ? [] : [`${name} is ${got}, expected ${wanted}`];
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function objectOf(value: unknown): Json {
  return isJson(value) ? value : {};
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function plainValue(value: unknown): AttributeValue | undefined {
  return typeof value === 'number' || typeof value === 'string' ? value : undefined;
}
