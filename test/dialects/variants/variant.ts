import type { SpanParts } from '../../collector/otlp-spans.ts';

/** One call as its provider would have booked it. */
export interface VariantCall {
  readonly provider: string;
  readonly model: string;
  /** Disjoint classes; absent for a call whose spans tell no usage. */
  readonly tokens?: Readonly<Record<string, number>>;
  readonly serviceTier?: string;
}

/** Spans of one export, written by hand after what a dialect is known for, and what they must be charged. */
export interface Variant {
  readonly note: string;
  readonly scopes: Readonly<Record<string, readonly SpanParts[]>>;
  readonly calls: readonly VariantCall[];
  /** Reasons without a price, in order; none by default. */
  readonly unpriced?: readonly string[];
}

type Attributes = SpanParts['attributes'];

export const GPT = 'gpt-4o-2024-08-06';
export const CLAUDE = 'claude-sonnet-4-5-20250929';
export const IN = 'gen_ai.usage.input_tokens';
export const OUT = 'gen_ai.usage.output_tokens';
/** Scope of the contrib instrumentation of OpenAI. */
export const V2 = 'opentelemetry.instrumentation.openai_v2';

/** A chat by the conventions of now. */
export const CHAT = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.response.model': GPT,
  [IN]: 503,
  [OUT]: 71,
} as const;

/** A span of these attributes, by itself. */
export function span(attributes: Attributes, parts: Partial<SpanParts> = {}): SpanParts {
  return { attributes, ...parts };
}

/** The same attributes with every number as text. */
export function asText(attributes: Attributes): Attributes {
  const entries = Object.entries(attributes);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'number' ? String(value) : value]),
  );
}

/** A call of OpenAI's gpt-4o. */
export function openai(tokens?: Readonly<Record<string, number>>): VariantCall {
  return { provider: 'openai', model: GPT, ...(tokens !== undefined && { tokens }) };
}

/** A call of Anthropic's claude-sonnet-4-5. */
export function anthropic(tokens?: Readonly<Record<string, number>>): VariantCall {
  return { provider: 'anthropic', model: CLAUDE, ...(tokens !== undefined && { tokens }) };
}
