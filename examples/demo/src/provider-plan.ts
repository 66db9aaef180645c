import type { ReplayRequest, Reply, ReplyPlan } from '@tokenmeter/testkit';
import {
  drawCachedTokens,
  drawOutputTokens,
  FALLBACK,
  FEATURE_TABLE,
  FEATURES,
  type Feature,
} from './features.ts';
import type { Random } from './random.ts';

/** How all instructions begin; the provider has these in its prompt cache, and no others. */
export const INSTRUCTIONS_HEAD = 'You work for a helpdesk.';

/** Characters that make one token in the demo's prompts. */
export const CHARACTERS_PER_TOKEN = 4;

const CHUNK_COUNT = 12;
/** Share of requests that the provider turns away once, so that retries are seen too. */
const RATE_LIMITED_SHARE = 0.01;

/**
 * Plans the answers of the replay provider from what it is sent, as a real one would: input from the length of the
 * prompt, output within `max_tokens`, cached instructions where the model's feature has them.
 */
export function createProviderPlan(random: Random): ReplyPlan {
  return (request) => {
    const feature = featureOf(request.model);
    const prompt = readPrompt(request);
    const instructions = toTokens(prompt.instructions);
    const isKnown = feature !== undefined && prompt.instructions.startsWith(INSTRUCTIONS_HEAD);
    const cached = isKnown ? drawCachedTokens(feature, instructions, random) : 0;
    const servedModel =
      request.model === FALLBACK.model ? FALLBACK.servedModel : feature?.servedModel;
    const isRateLimited = request.attempt === 0 && random.next() < RATE_LIMITED_SHARE;
    const reply: Reply = {
      tokens: {
        input: instructions + toTokens(prompt.content) - cached,
        cache_read: cached,
        output: drawOutputTokens(prompt.maxOutputTokens, random),
      },
      chunkCount: CHUNK_COUNT,
      delayMs: random.between(20, 120),
      dripMs: 2,
      ...(servedModel !== undefined && { model: servedModel }),
      ...(isRateLimited && { status: 429, retryAfterMs: 50 }),
    };
    return reply;
  };
}

function featureOf(model: string): Feature | undefined {
  return FEATURES.map((name) => FEATURE_TABLE[name]).find((feature) => feature.model === model);
}

interface Prompt {
  readonly instructions: string;
  readonly content: string;
  readonly maxOutputTokens: number;
}

function readPrompt({ api, body }: ReplayRequest): Prompt {
  switch (api) {
    case 'openai.chat':
      return {
        instructions: contentOf(body.messages, 'system'),
        content: contentOf(body.messages, 'user'),
        maxOutputTokens: countOf(body.max_completion_tokens),
      };
    case 'openai.responses':
      return {
        instructions: textOf(body.instructions),
        content: textOf(body.input),
        maxOutputTokens: countOf(body.max_output_tokens),
      };
    case 'anthropic.messages':
      return {
        instructions: textOf(body.system),
        content: contentOf(body.messages, 'user'),
        maxOutputTokens: countOf(body.max_tokens),
      };
    case 'openai.embeddings':
      return { instructions: '', content: textOf(body.input), maxOutputTokens: 0 };
    default:
      return api satisfies never;
  }
}

function contentOf(messages: unknown, role: string): string {
  if (!Array.isArray(messages)) return '';
  return messages
    .filter((message) => isRecord(message) && message.role === role)
    .map((message) => (isRecord(message) ? textOf(message.content) : ''))
    .join('');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function countOf(value: unknown): number {
  return typeof value === 'number' ? value : 100;
}

function toTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}
