import { FieldReader, isObject, type ValueProblem } from './price-fields.ts';
import { priceProvider } from './provider-ids.ts';
import { type PriceRow, type RateTier, type TokenRates, tierName } from './rate-card.ts';

/**
 * models.dev `api.json`: `{ provider: { models: { id: { cost: { input, output, cache_read, cache_write, … } } } } }`, in USD
 * per million tokens (format as of 2026-07-02).
 */
export function isModelsDevFile(value: unknown): boolean {
  if (!isObject(value)) return false;
  const providers = Object.values(value);
  return (
    providers.length > 0 &&
    providers.every((provider) => isObject(provider) && isObject(provider.models))
  );
}

/** Rows of a models.dev file, or every price that does not fit. Models without a cost are left out; 0 is a price. */
export function decodeModelsDevFile(value: unknown): {
  readonly rows: readonly PriceRow[];
  readonly problems: readonly ValueProblem[];
} {
  const problems: ValueProblem[] = [];
  const rows: PriceRow[] = [];
  if (!isObject(value)) return { rows, problems };
  const file = new FieldReader(value, [], problems);
  for (const providerId of file.keys()) {
    const models = file.object(providerId)?.object('models');
    for (const model of models?.keys() ?? []) {
      const entry = models?.object(model);
      const cost = entry?.object('cost');
      if (entry === undefined || cost === undefined) continue;
      rows.push(readModel(priceProvider(providerId), model, cost));
    }
  }
  return { rows, problems };
}

function readModel(provider: string, model: string, cost: FieldReader): PriceRow {
  const tokens = readCost(cost);
  const tiers = readTiers(cost, tokens);
  return {
    id: `${provider}/${model}`,
    provider,
    model,
    periods: [{ card: { tokens, requests: {} }, tiers }],
  };
}

function readCost(cost: FieldReader): TokenRates {
  const entries = [
    ['input', cost.usd('input')],
    ['output', cost.usd('output')],
    ['cache_read', cost.usd('cache_read')],
    ['cache_write_5m', cost.usd('cache_write')],
    ['reasoning', cost.usd('reasoning')],
    ['input_audio', cost.usd('input_audio')],
    ['output_audio', cost.usd('output_audio')],
  ] as const;
  return Object.fromEntries(
    entries.flatMap(([name, usd]) => (usd === undefined ? [] : [[name, Math.round(usd * 1e6)]])),
  );
}

/** `context_over_200k: {…}` of older files, `tiers: [{ tier: { size: 200000 }, input, … }]` of newer ones. */
function readTiers(cost: FieldReader, base: TokenRates): RateTier[] {
  const tiers: RateTier[] = [];
  const old = cost.object('context_over_200k');
  if (old !== undefined) tiers.push(tierOf(200_000, { ...base, ...readCost(old) }));
  for (const tier of cost.objects('tiers') ?? []) {
    const size = tier.object('tier')?.count('size');
    if (size !== undefined) tiers.push(tierOf(size, { ...base, ...readCost(tier) }));
  }
  const bySize = new Map(tiers.map((tier) => [tier.aboveTokens, tier]));
  return [...bySize.values()].sort((a, b) => a.aboveTokens - b.aboveTokens);
}

function tierOf(aboveTokens: number, tokens: TokenRates): RateTier {
  return { name: tierName(aboveTokens), aboveTokens, card: { tokens, requests: {} } };
}
