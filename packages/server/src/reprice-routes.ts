import {
  bundledPriceBook,
  createPriceBook,
  type PriceBook,
  type PriceLayer,
  parsePriceFile,
  parsePriceFileValue,
} from '@tokenmeter/pricing';
import type { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import type { ApiProblem } from './api.ts';
import type { Repricer } from './repricer.ts';

/** What the route works with. */
export interface RepriceRouteOptions {
  readonly repricer: Repricer;
  /** The price book in force; without it the bundled one is. */
  readonly priceBook: (() => PriceBook) | undefined;
}

/** Where calls are priced again. */
export const REPRICE_PATH = '/api/v1/ledger/reprice';

/** Price files may be large: LiteLLM's has 1.5 MB. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

const epoch = z.number().nonnegative().max(8.64e15);
const name = z.string().max(1000).optional();

const repriceBody = z.strictObject({
  from: epoch,
  to: epoch,
  provider: name,
  model: name,
  feature: name,
  prices: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(200),
        text: z.string(),
        value: z.json().optional(),
      }),
    )
    .max(20)
    .default([]),
  replace: z.boolean().default(false),
  apply: z.boolean().default(false),
  expected: z.string().max(100).optional(),
});

type RepriceBody = z.infer<typeof repriceBody>;
type ChosenBook =
  | { readonly ok: true; readonly book: PriceBook }
  | { readonly ok: false; readonly problem: ApiProblem };

function refuse(error: string, hint?: string): ChosenBook & { ok: false } {
  return { ok: false, problem: { error, ...(hint !== undefined && { hint }) } };
}

/** The book in force, or the given files over all of its layers that are not the user's. */
function chooseBook({ prices, replace }: RepriceBody, inForce: PriceBook): ChosenBook {
  if (prices.length === 0) {
    return replace ? refuse('replace needs price files') : { ok: true, book: inForce };
  }
  const layers: PriceLayer[] = [];
  for (const [index, file] of prices.entries()) {
    const isLast = index === prices.length - 1;
    const mode = replace && isLast ? 'replace' : 'overlay';
    const parsed =
      file.value === undefined
        ? parsePriceFile(file.text, { name: file.name, mode })
        : parsePriceFileValue({ value: file.value, text: file.text }, { name: file.name, mode });
    if (!parsed.ok) {
      const lines = parsed.problems.map(({ path, message, position }) =>
        [file.name, position?.line, position?.column, ` ${path} ${message}`]
          .filter((part) => part !== undefined)
          .join(':'),
      );
      return refuse(lines.join('\n'));
    }
    layers.push(parsed.layer);
  }
  const below = inForce.layers.filter((layer) => layer.source !== 'user');
  return { ok: true, book: createPriceBook([...layers, ...below]) };
}

/** Adds the route that prices calls again; see `RepriceReport`. */
export function addReprice(app: Hono, { repricer, priceBook }: RepriceRouteOptions): void {
  app.use(
    REPRICE_PATH,
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (context) =>
        context.json({ error: `the body is larger than ${MAX_BODY_BYTES} bytes` }, 413),
    }),
  );
  app.post(REPRICE_PATH, async (context) => {
    const given = repriceBody.safeParse(await context.req.json().catch(() => undefined));
    if (!given.success) {
      const issues = given.error.issues.map(
        (issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`,
      );
      return context.json({ error: issues.join('; ') }, 400);
    }
    const body = given.data;
    if (body.from >= body.to) return context.json({ error: 'from must be before to' }, 400);
    const chosen = chooseBook(body, priceBook?.() ?? bundledPriceBook());
    if (!chosen.ok) return context.json(chosen.problem, 400);
    const { provider, model, feature } = body;
    const outcome = await repricer.run({
      fromEpochMs: body.from,
      toEpochMs: body.to,
      filters: { provider, model, feature },
      book: chosen.book,
      isApplied: body.apply,
      expectedToken: body.expected,
    });
    if (outcome.kind === 'done') return context.json(outcome.report);
    return context.json(
      {
        error: 'the figures are no longer those agreed to; nothing was written',
        hint: 'look at them again: calls came in or another repricing ran meanwhile',
      },
      409,
    );
  });
}
