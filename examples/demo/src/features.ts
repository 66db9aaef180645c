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
    callsPerMinute: 20,
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
    callsPerMinute: 30,
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
    callsPerMinute: 15,
    instructionTokens: 400,
    contentTokens: [80, 320],
    maxOutputTokens: 60,
    cacheHitRate: 0,
  },
};

/** Share of `max_tokens` that an answer uses. */
const OUTPUT_SHARE: Span = [0.4, 0.9];

/** Model that `triage` falls back to when it is told that its own is overloaded: five times the price. */
export const FALLBACK = {
  model: 'claude-opus-4-5',
  servedModel: 'claude-opus-4-5-20251101',
} as const;

/** One call as the application plans it. */
export interface PlannedCall {
  readonly feature: Feature;
  /** The feature's own model, or the one that it falls back to. */
  readonly model: string;
  /** True when the instructions begin with the time, so that no two are alike. */
  readonly beginsWithTime: boolean;
  readonly promptVersion: string;
  readonly instructionTokens: number;
  readonly contentTokens: number;
  readonly maxOutputTokens: number;
}

/**
 * How the second version of a prompt grew: examples and the whole conversation before it, and a detailed answer asked
 * for. Together a call of `summarize` has three times the tokens.
 */
const SECOND_VERSION = { inputFactor: 2.5, outputFactor: 6 } as const;

/** Draws the size of one call. */
export function planCall(name: FeatureName, version: 1 | 2, random: Random): PlannedCall {
  const feature = FEATURE_TABLE[name];
  const inputFactor = version === 2 ? SECOND_VERSION.inputFactor : 1;
  const outputFactor = version === 2 ? SECOND_VERSION.outputFactor : 1;
  return {
    feature,
    model: feature.model,
    beginsWithTime: false,
    promptVersion: `v${version}`,
    instructionTokens: Math.round(feature.instructionTokens * inputFactor),
    contentTokens: Math.round(random.between(...feature.contentTokens) * inputFactor),
    maxOutputTokens: feature.maxOutputTokens * outputFactor,
  };
}

/** Draws the length of an answer, in tokens. */
export function drawOutputTokens(maxOutputTokens: number, random: Random): number {
  const [low, high] = OUTPUT_SHARE;
  return Math.max(1, Math.round(maxOutputTokens * (low + (high - low) * random.next())));
}

/** Instructions shorter than this are never cached (OpenAI's minimum, 2026-11). */
const MINIMUM_CACHED_TOKENS = 1024;

/** Chance that instructions of this length come from the provider's cache. */
export function cacheChance(feature: Feature, instructionTokens: number): number {
  return instructionTokens < MINIMUM_CACHED_TOKENS ? 0 : feature.cacheHitRate;
}

/** Draws how many tokens of the instructions come from the provider's cache: all or none. */
export function drawCachedTokens(
  feature: Feature,
  instructionTokens: number,
  random: Random,
): number {
  return random.next() < cacheChance(feature, instructionTokens) ? instructionTokens : 0;
}

/** Calls of one feature, drawn together. */
export interface DrawnCalls {
  readonly calls: number;
  /** Calls whose instructions were cached. */
  readonly hits: number;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

/** Draws the sums over many calls with the first prompt version, as single draws would have them up to rounding. */
export function drawCalls(name: FeatureName, calls: number, random: Random): DrawnCalls {
  const feature = FEATURE_TABLE[name];
  const { instructionTokens } = feature;
  const chance = cacheChance(feature, instructionTokens);
  const spread = random.normal() * Math.sqrt(calls * chance * (1 - chance));
  const hits = Math.min(calls, Math.max(0, Math.round(calls * chance + spread)));
  const shares: Span = [
    OUTPUT_SHARE[0] * feature.maxOutputTokens,
    OUTPUT_SHARE[1] * feature.maxOutputTokens,
  ];
  return {
    calls,
    hits,
    inputTokens:
      (calls - hits) * instructionTokens + sumOfUniform(feature.contentTokens, calls, random),
    cachedTokens: hits * instructionTokens,
    outputTokens: sumOfUniform(shares, calls, random),
  };
}

/** Sum of `count` uniform draws, by its mean and deviation, within what is possible. */
function sumOfUniform([low, high]: Span, count: number, random: Random): number {
  const mean = ((low + high) / 2) * count;
  const deviation = (high - low) * Math.sqrt(count / 12);
  const sum = Math.round(mean + deviation * random.normal());
  return Math.min(Math.floor(high * count), Math.max(Math.ceil(low * count), sum));
}
