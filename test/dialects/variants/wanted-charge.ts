import { bundledPriceBook, priceCall } from '../../../packages/pricing/src/index.ts';
import type { Variant, VariantCall } from './variant.ts';

/** Classes that are compared; cache writes of any lifetime are one. */
export const CLASSES: readonly string[] = [
  ...['input', 'cache_read', 'cache_write', 'output', 'reasoning'],
  ...['input_audio', 'output_audio'],
];
const book = bundledPriceBook();

function picoUsdOf({ provider, model, tokens, serviceTier }: VariantCall): number {
  if (tokens === undefined) return 0;
  const priced = priceCall(
    {
      provider,
      requestModel: model,
      responseModel: model,
      startEpochMs: Date.now(),
      modifiers: { ...(serviceTier !== undefined && { serviceTier }) },
      usage: { kind: 'reported', tokens, requests: {}, raw: {} },
    },
    book,
  );
  return priced.kind === 'priced' ? priced.totalPicoUsd : 0;
}

/** What a variant must be charged. */
export function wantedCharge({ note, calls, unpriced = [] }: Variant): {
  readonly note: string;
  readonly calls: number;
  readonly tokens: Readonly<Record<string, number>>;
  readonly picoUsd: number;
  readonly unpriced: number;
} {
  const tokens: Record<string, number> = Object.fromEntries(CLASSES.map((name) => [name, 0]));
  for (const [name, count] of calls.flatMap((call) => Object.entries(call.tokens ?? {}))) {
    const counted = name.startsWith('cache_write') ? 'cache_write' : name;
    tokens[counted] = (tokens[counted] ?? 0) + count;
  }
  const picoUsd = calls.reduce((sum, call) => sum + picoUsdOf(call), 0);
  return { note, calls: calls.length, tokens, picoUsd, unpriced: unpriced.length };
}
