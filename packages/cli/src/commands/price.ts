import type { TokenClass, TokenCounts } from '@tokenmeter/core';
import { type PriceBook, type PricedCall, priceCall } from '@tokenmeter/pricing';
import { CommandError, type Io } from '../io.ts';
import { loadPriceBook } from '../price-book.ts';
import { impliedProvider } from '../price-implied-provider.ts';
import { priceStream } from '../price-stream.ts';
import { readTime } from '../price-time.ts';
import { renderUsd } from '../render/render-money.ts';
import { renderTable } from '../render/render-table.ts';
import { suggestModels } from '../suggest-models.ts';

/** Options of `tokenmeter price`; counts are text until they are checked here. */
export interface PriceOptions {
  readonly provider?: string;
  readonly input?: string;
  readonly cacheRead?: string;
  readonly cacheWrite?: string;
  readonly output?: string;
  readonly reasoning?: string;
  readonly serviceTier?: string;
  readonly at?: string;
  readonly prices?: readonly string[];
  readonly replace?: boolean;
  readonly json?: boolean;
  /** Price JSON lines of standard input. */
  readonly stdin?: boolean;
  /** Our own figure wins over the provider's. */
  readonly computed?: boolean;
}

const COUNTS: readonly (readonly [keyof PriceOptions, TokenClass, string])[] = [
  ['input', 'input', '--input'],
  ['cacheRead', 'cache_read', '--cache-read'],
  ['cacheWrite', 'cache_write', '--cache-write'],
  ['output', 'output', '--output'],
  ['reasoning', 'reasoning', '--reasoning'],
];

function parseTokens(options: PriceOptions): TokenCounts {
  const tokens: Partial<Record<TokenClass, number>> = {};
  const problems: string[] = [];
  for (const [key, tokenClass, flag] of COUNTS) {
    const text = options[key];
    if (typeof text !== 'string') continue;
    const count = Number(text.replaceAll(/[_,]/g, ''));
    if (Number.isSafeInteger(count) && count >= 0) tokens[tokenClass] = count;
    else problems.push(`${flag} must be a whole number of tokens, got ${text}`);
  }
  if (problems.length > 0) throw new CommandError(problems.join('\n'), { exitCode: 2 });
  return tokens;
}

function toJson(priced: PricedCall, tokens: TokenCounts): Record<string, unknown> {
  if (priced.kind === 'unpriced') {
    return { cost_usd: null, reason: priced.reason, book: priced.bookVersion, classes: tokens };
  }
  const costs = Object.entries(priced.picoUsd).map(([name, pico]) => [name, pico / 1e12]);
  return {
    cost_usd: priced.costUsd,
    source: priced.source,
    book: priced.bookVersion,
    row: priced.row,
    tier: priced.tier,
    modifiers: priced.modifiers,
    classes: tokens,
    costs: Object.fromEntries(costs),
  };
}

const REASONS = {
  unknown_model: 'no price row matches this model',
  no_usage: 'there are no tokens to price',
  inconsistent_usage: 'the token counts contradict each other',
  missing_rate: 'the matched row has no rate for one of the token classes',
} as const;

function renderPriced(
  priced: Extract<PricedCall, { kind: 'priced' }>,
  tokens: TokenCounts,
): string {
  const counts: Readonly<Record<string, number | undefined>> = tokens;
  const rows = Object.entries(priced.picoUsd).map(([name, pico]) => [
    name,
    String(counts[name] ?? ''),
    renderUsd(pico / 1e12),
  ]);
  rows.push(['total', '', renderUsd(priced.costUsd)]);
  const table = renderTable(
    [
      { name: 'class', isNumeric: false },
      { name: 'tokens', isNumeric: true },
      { name: 'cost', isNumeric: true },
    ],
    rows,
  );
  const details = [priced.row, priced.tier, ...priced.modifiers].filter((each) => each);
  return `${table}${details.join(', ')} · ${priced.source} · price book ${priced.bookVersion}\n`;
}

/** Prices one call given on the command line, or with `--stdin` one per line of standard input. */
export async function runPrice(
  model: string | undefined,
  options: PriceOptions,
  io: Io,
): Promise<void> {
  if (options.stdin === true) return priceStdin(model, options, io);
  if (model === undefined) {
    throw new CommandError('no model given', {
      hint:
        (options.prices?.length ?? 0) > 1
          ? 'write it before --prices, which takes every word behind it for a file'
          : 'tokenmeter price gpt-4o --input 1000 --output 500, or JSON lines with --stdin',
      exitCode: 2,
    });
  }
  const tokens = parseTokens(options);
  const book = await loadPriceBook(options, io);
  const priced = priceCall(
    {
      provider: options.provider ?? impliedProvider(model, book),
      requestModel: model,
      startEpochMs: readTime('--at', options.at),
      modifiers: options.serviceTier === undefined ? {} : { serviceTier: options.serviceTier },
      usage:
        Object.keys(tokens).length === 0
          ? { kind: 'missing' }
          : { kind: 'reported', tokens, requests: {}, raw: undefined },
    },
    book,
  );
  if (options.json === true) io.stdout(`${JSON.stringify(toJson(priced, tokens))}\n`);
  else if (priced.kind === 'priced') io.stdout(renderPriced(priced, tokens));
  if (priced.kind === 'unpriced') {
    throw new CommandError(`${model}: ${REASONS[priced.reason]}`, {
      hint: hintFor(priced.reason, model, book),
    });
  }
}

function hintFor(reason: keyof typeof REASONS, model: string, book: PriceBook): string {
  switch (reason) {
    case 'unknown_model':
      return suggestModels(model, book);
    case 'no_usage':
      return `tokenmeter price ${model} --input 1000 --output 500`;
    case 'inconsistent_usage':
      return 'the classes are disjoint: --input is what no cache held';
    case 'missing_rate':
      return `tokenmeter prices show ${model} lists its rates; add what is missing with --prices FILE`;
    default:
      return reason satisfies never;
  }
}

async function priceStdin(model: string | undefined, options: PriceOptions, io: Io): Promise<void> {
  const chunks = io.streamStdin();
  if (model !== undefined || chunks === undefined) {
    throw new CommandError(
      model === undefined ? 'standard input is a terminal' : '--stdin takes no model',
      {
        hint: `printf '{"provider":"openai","model":"gpt-4o","usage":{"input":1000}}' | tokenmeter price --stdin`,
        exitCode: 2,
      },
    );
  }
  const book = await loadPriceBook(options, io);
  const { lines, unread } = await priceStream(
    chunks,
    { book, isComputed: options.computed === true },
    io,
  );
  if (unread > 0) {
    throw new CommandError(`${unread} of ${lines} lines could not be read`, {
      hint: 'each has an "error" and its "line" in the output; the other lines are priced',
    });
  }
}
