import type { Random } from './random.ts';

/** Features of the helpdesk application that call a model. */
export const FEATURES = ['smart-reply', 'summarize', 'search-answers', 'triage'] as const;

/** One of the features. */
export type FeatureName = (typeof FEATURES)[number];

/** A least and a greatest number, both possible. */
export type Span = readonly [low: number, high: number];

/** What a feature asks of a model, and how often. */
export interface Feature {
  readonly name: FeatureName;
  readonly team: string;
  readonly route: string;
  readonly promptName: string;
  readonly provider: 'openai' | 'anthropic';
  readonly model: string;
  /** Name under which the provider serves `model`. */
  readonly servedModel: string;
  /** Calls in a minute of average traffic. */
  readonly callsPerMinute: number;
  /** Tokens of the instructions, which every call repeats. */
  readonly instructionTokens: number;
  /** Tokens of what the person or ticket adds. */
  readonly contentTokens: Span;
  /** `max_tokens` of the request. */
  readonly maxOutputTokens: number;
  /** Chance that the provider finds the instructions in its prompt cache; 0 below its minimum length. */
  readonly cacheHitRate: number;
}

/** The application's features with their first prompt version. */
export const FEATURE_TABLE: Readonly<Record<FeatureName, Feature>> = {
  'smart-reply': {
    name: 'smart-reply',
    team: 'support-experience',
    route: '/tickets/:id/reply',
    promptName: 'reply-draft',
    provider: 'openai',
    model: 'gpt-4o',
    servedModel: 'gpt-4o-2024-08-06',
    callsPerMinute: 10,
    instructionTokens: 350,
    contentTokens: [120, 480],
    maxOutputTokens: 300,
    cacheHitRate: 0,
  },
  summarize: {
    name: 'summarize',
    team: 'support-tools',
    route: '/tickets/:id/summary',
    promptName: 'ticket-summary',
    provider: 'anthropic',
    model: 'claude-sonnet-5',
    servedModel: 'claude-sonnet-5',
    callsPerMinute: 40,
    instructionTokens: 300,
    contentTokens: [500, 900],
    maxOutputTokens: 250,
    cacheHitRate: 0,
  },
  'search-answers': {
    name: 'search-answers',
    team: 'search',
    route: '/search',
    promptName: 'grounded-answer',
    provider: 'openai',
    model: 'gpt-5-mini',
    servedModel: 'gpt-5-mini-2025-08-07',
    callsPerMinute: 4,
    instructionTokens: 2048,
    contentTokens: [200, 800],
    maxOutputTokens: 600,
    cacheHitRate: 0.8,
  },
  triage: {
    name: 'triage',
    team: 'support-operations',
    route: '/tickets',
    promptName: 'ticket-triage',
    provider: 'anthropic',
    model: 'claude-haiku-4-5',
    servedModel: 'claude-haiku-4-5-20251001',
    callsPerMinute: 5,
    instructionTokens: 400,
    contentTokens: [80, 320],
    maxOutputTokens: 60,
    cacheHitRate: 0,
  },
};

/** Share of `max_tokens` that an answer uses. */
const OUTPUT_SHARE: Span = [0.4, 0.9];

/** One call as the application plans it. */
export interface PlannedCall {
  readonly feature: Feature;
  readonly promptVersion: string;
  readonly instructionTokens: number;
  readonly contentTokens: number;
  readonly maxOutputTokens: number;
}

/** How the prompt of the second version grew: examples and the whole conversation, and longer answers. */
const SECOND_VERSION_FACTOR = 3;

/** Draws the size of one call. The second prompt version costs three times the tokens of the first. */
export function planCall(name: FeatureName, version: 1 | 2, random: Random): PlannedCall {
  const feature = FEATURE_TABLE[name];
  const factor = version === 2 ? SECOND_VERSION_FACTOR : 1;
  return {
    feature,
    promptVersion: `v${version}`,
    instructionTokens: feature.instructionTokens * factor,
    contentTokens: random.between(...feature.contentTokens) * factor,
    maxOutputTokens: feature.maxOutputTokens * factor,
  };
}

/** Draws the length of an answer, in tokens. */
export function drawOutputTokens(maxOutputTokens: number, random: Random): number {
  const [low, high] = OUTPUT_SHARE;
  return Math.max(1, Math.round(maxOutputTokens * (low + (high - low) * random.next())));
}

/** Instructions shorter than this are never cached (OpenAI's minimum, 2026-11). */
const MINIMUM_CACHED_TOKENS = 1024;

/** Draws how many tokens of the instructions come from the provider's cache: all or none. */
export function drawCachedTokens(
  feature: Feature,
  instructionTokens: number,
  random: Random,
): number {
  if (instructionTokens < MINIMUM_CACHED_TOKENS) return 0;
  return random.next() < feature.cacheHitRate ? instructionTokens : 0;
}
