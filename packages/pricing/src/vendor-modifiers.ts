import type { PriceModifiers } from '@tokenmeter/core';

/** A modifier that a call names. Without a factor only a row that prices it by name can price the call. */
export interface VendorModifier {
  readonly name: string;
  /** What the vendor multiplies every token rate with. */
  readonly factor?: number;
}

/** Words by which vendors say "the normal rate". */
export const STANDARD: ReadonlySet<string> = new Set([
  '',
  'auto',
  'default',
  'standard',
  'standard_only',
  'on_demand',
  'not_available',
]);

/**
 * Factors that hold for every model of a vendor.
 *
 * - OpenAI, Azure: batch and flex at half price (developers.openai.com pricing, 2026-11-20). Priority has no common
 *   factor and is in the rows. Scale tier is prepaid by contract.
 * - Anthropic: batch at half price, tokens only (platform.claude.com pricing, 2026-11-20). Priority tier is prepaid.
 * - Bedrock: flex half price, priority 75 % more, batch half price (aws.amazon.com/bedrock/pricing, 2025-11-18).
 * - Gemini: flex and batch half price, priority 80 % more (ai.google.dev pricing, 2026-04-02); provisioned throughput is paid by time, so a
 *   further call costs nothing.
 * - Groq: flex at the on-demand price, batch half price (console.groq.com docs, 2026-11-20).
 * - Mistral, Together, Fireworks: batch at half price (their pricing pages, 2026-11-20).
 * - xAI: batch 20 % less (api.x.ai language models, by litellm 1.109.1, 2026-11-21).
 */
export const TIER_FACTORS: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map([
  [
    'openai',
    new Map([
      ['batch', 0.5],
      ['flex', 0.5],
    ]),
  ],
  [
    'azure',
    new Map([
      ['batch', 0.5],
      ['flex', 0.5],
    ]),
  ],
  ['anthropic', new Map([['batch', 0.5]])],
  [
    'aws',
    new Map([
      ['batch', 0.5],
      ['flex', 0.5],
      ['priority', 1.75],
    ]),
  ],
  [
    'google',
    new Map([
      ['batch', 0.5],
      ['flex', 0.5],
      ['priority', 1.8],
      ['provisioned', 0],
    ]),
  ],
  [
    'groq',
    new Map([
      ['batch', 0.5],
      ['flex', 1],
    ]),
  ],
  ['mistral', new Map([['batch', 0.5]])],
  ['x-ai', new Map([['batch', 0.8]])],
  ['together', new Map([['batch', 0.5]])],
  ['fireworks', new Map([['batch', 0.5]])],
]);

/** Other words for the same tier: OpenAI's "fast", Vertex's `usageMetadata.trafficType`. */
export const TIER_NAMES: ReadonlyMap<string, string> = new Map([
  ['fast', 'priority'],
  ['on_demand_priority', 'priority'],
  ['on_demand_flex', 'flex'],
  ['on_demand_offpeak', 'off-peak'],
  ['provisioned_throughput', 'provisioned'],
  ['batches', 'batch'],
]);

/** Modifiers of a call in the words of its vendor. `provider` is a price-table provider, `model` the served model. */
export function vendorModifiers(
  provider: string,
  model: string,
  modifiers: PriceModifiers,
): readonly VendorModifier[] {
  return [
    ...tierModifiers(provider, modifiers.serviceTier),
    ...speedModifiers(model, modifiers.speed),
    ...placeModifiers(provider, model, modifiers),
  ];
}

function tierModifiers(provider: string, serviceTier: string | undefined): VendorModifier[] {
  const word = serviceTier?.trim().toLowerCase() ?? '';
  if (STANDARD.has(word)) return [];
  const name = TIER_NAMES.get(word) ?? word;
  const factor = TIER_FACTORS.get(provider)?.get(name);
  return [factor === undefined ? { name } : { name, factor }];
}

/** Fast mode: 6× on Opus 4.6 and 4.7, 2× on 4.8, 5 and 5.5 (platform.claude.com fast mode, 2026-11-20). */
const FAST_FACTORS: ReadonlyMap<string, number> = new Map([
  ['4.6', 6],
  ['4.7', 6],
  ['4.8', 2],
  ['5', 2],
  ['5.5', 2],
]);

function speedModifiers(model: string, speed: string | undefined): VendorModifier[] {
  const word = speed?.trim().toLowerCase() ?? '';
  if (STANDARD.has(word)) return [];
  const version = claudeVersion(model);
  const factor =
    word === 'fast' && version?.family === 'opus' ? FAST_FACTORS.get(version.text) : undefined;
  return [factor === undefined ? { name: word } : { name: word, factor }];
}

const PREMIUM = 1.1;

/**
 * Ten per cent for keeping a call in one place: Anthropic's US-only inference and OpenAI's regional endpoints for models
 * since Claude 4.6 and GPT-5.4, Vertex's regional endpoints for Claude since 4.5 (vendors' pricing pages, 2026-11-20).
 * Bedrock's regional prices are rows of their own.
 */
function placeModifiers(
  provider: string,
  model: string,
  { inferenceGeo, region }: PriceModifiers,
): VendorModifier[] {
  const claude = claudeVersion(model);
  if (inferenceGeo?.toLowerCase() === 'us' && claude !== undefined && claude.number >= 4.06) {
    return [{ name: 'us-only', factor: PREMIUM }];
  }
  if (region === undefined || region === '' || region === 'global') return [];
  const isRegional =
    (provider === 'openai' && openAiVersion(model) >= 5.4) ||
    (provider === 'google' && claude !== undefined && claude.number >= 4.05);
  return isRegional ? [{ name: 'regional', factor: PREMIUM }] : [];
}

interface ClaudeVersion {
  readonly family: string;
  /** `4.6`; `5` for 5.0. */
  readonly text: string;
  /** Major plus minor hundredths: 4.06 for 4.6, so that versions compare as numbers. */
  readonly number: number;
}

/** Version of a Claude model by its name: `claude-opus-4-6`, `claude-sonnet-4.5@20250929`, `claude-3-5-haiku-latest`. */
function claudeVersion(model: string): ClaudeVersion | undefined {
  const name = model.toLowerCase();
  const modern = /claude-([a-z]+)-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(name);
  const match = modern ?? /claude-()(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(name);
  if (match === null) return undefined;
  const major = Number(match[2]);
  const minor = Number(match[3] ?? 0);
  const text = minor === 0 ? `${major}` : `${major}.${minor}`;
  return { family: match[1] ?? '', text, number: major + minor / 100 };
}

function openAiVersion(model: string): number {
  return Number(/^gpt-(\d+(?:\.\d+)?)/.exec(model.toLowerCase())?.[1] ?? 0);
}
