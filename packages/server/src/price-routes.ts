import { bundledPriceBook, listPrices, type PriceBook, priceCall } from '@tokenmeter/pricing';
import type { Hono } from 'hono';
import { z } from 'zod';
import type { Estimates, KnownModels } from './api.ts';

/** What the routes price with. */
export interface PriceRouteOptions {
  readonly priceBook: (() => PriceBook) | undefined;
  readonly clock: () => number;
}

const MAX_MODELS = 12;
const tokens = z.coerce.number().int().min(0).max(1e9).default(0);

const estimateQuery = z.object({
  model: z.array(z.string().min(1).max(300)).min(1).max(MAX_MODELS),
  input: tokens,
  cache_read: tokens,
  output: tokens,
});

type EstimateQuery = z.infer<typeof estimateQuery>;

function listModels(book: PriceBook, epochMs: number): KnownModels {
  const priced = listPrices(book, epochMs).filter(
    ({ isFree, usdPerMillionTokens }) => isFree || Object.keys(usdPerMillionTokens).length > 0,
  );
  const models = priced.map(({ id, refreshed }) => ({
    id,
    ...(refreshed !== undefined && { refreshed }),
  }));
  return { priceBook: book.version, models };
}

function estimate(book: PriceBook, epochMs: number, query: EstimateQuery): Estimates {
  const byId = new Map(listPrices(book, epochMs).map((price) => [price.id, price]));
  const estimates = query.model.map((id) => {
    const known = byId.get(id);
    if (known === undefined) return { id, reason: 'unknown_model' };
    const counts = { input: query.input, cache_read: query.cache_read, output: query.output };
    const priced = priceCall(
      {
        provider: known.provider,
        requestModel: known.model,
        startEpochMs: epochMs,
        modifiers: {},
        usage: { kind: 'reported', tokens: counts, requests: {}, raw: undefined },
      },
      book,
    );
    const { refreshed } = known;
    const dated = { id, ...(refreshed !== undefined && { refreshed }) };
    return priced.kind === 'priced'
      ? { ...dated, usdPerCall: priced.costUsd }
      : { ...dated, reason: priced.reason };
  });
  return { priceBook: book.version, estimates };
}

/** Adds which models have a price, and what a call would cost: by the prices in force, and by the rules of every call. */
export function addPrices(app: Hono, { priceBook, clock }: PriceRouteOptions): void {
  const book = (): PriceBook => priceBook?.() ?? bundledPriceBook();
  app.get('/api/v1/models', (context) => context.json(listModels(book(), clock())));
  app.get('/api/v1/estimate', (context) => {
    const query = estimateQuery.safeParse({
      ...context.req.query(),
      model: context.req.queries('model'),
    });
    if (!query.success) {
      const { path, message } = query.error.issues[0] ?? { path: [], message: 'not understood' };
      return context.json({ error: `${path.join('.')}: ${message}` }, 400);
    }
    return context.json(estimate(book(), clock(), query.data));
  });
}
