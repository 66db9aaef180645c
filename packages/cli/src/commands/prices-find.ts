import { type ListedPrice, listPrices } from '@tokenmeter/pricing';
import { CommandError, type Io } from '../io.ts';
import { loadPriceBook, type PriceFileChoice } from '../price-book.ts';
import { readTime } from '../price-time.ts';
import { renderRate } from '../render/render-price-changes.ts';
import { renderTable } from '../render/render-table.ts';

/** Options of `tokenmeter prices find`. */
export interface PricesFindOptions extends PriceFileChoice {
  readonly at?: string;
  readonly json?: boolean;
}

const MOST_SHOWN = 50;

/** Lists the models whose names hold every word of the query, with the rates in force. */
export async function runPricesFind(
  words: readonly string[],
  options: PricesFindOptions,
  io: Io,
): Promise<void> {
  const book = await loadPriceBook(options, io);
  const wanted = words.flatMap((word) => word.toLowerCase().split(/\s+/)).filter((each) => each);
  const found = listPrices(book, readTime('--at', options.at)).filter((price) =>
    isMatch(price, wanted),
  );
  if (options.json === true) {
    io.stdout(found.map((price) => `${JSON.stringify(price)}\n`).join(''));
  } else if (found.length > 0) {
    io.stdout(renderFound(found.slice(0, MOST_SHOWN)));
    if (found.length > MOST_SHOWN) {
      io.stderr(`${found.length - MOST_SHOWN} more; add a word, or --json for all\n`);
    }
  }
  if (found.length === 0) {
    throw new CommandError(`no priced model is called ${words.join(' ')}`, {
      hint: 'try a part of the name, give it a price with --prices FILE, or renew the prices with: tokenmeter prices update',
    });
  }
}

function isMatch({ id, aliases }: ListedPrice, wanted: readonly string[]): boolean {
  const names = [id, ...aliases].join('\n').toLowerCase();
  return wanted.every((word) => names.includes(word));
}

function renderFound(found: readonly ListedPrice[]): string {
  const numeric = ['input', 'cache read', 'output'].map((name) => ({ name, isNumeric: true }));
  const table = renderTable(
    [
      { name: 'model', isNumeric: false },
      ...numeric,
      { name: 'read on', isNumeric: false },
      { name: 'note', isNumeric: false },
    ],
    found.map((price) => [
      price.id,
      renderRate(price.usdPerMillionTokens.input),
      renderRate(price.usdPerMillionTokens.cache_read),
      renderRate(price.usdPerMillionTokens.output),
      price.refreshed ?? '',
      noteOf(price),
    ]),
  );
  return `${table}USD per million tokens; more with: tokenmeter prices show ${found[0]?.id}\n`;
}

function noteOf({ isFree, longContext, usdPerRequest }: ListedPrice): string {
  const notes = [
    ...(isFree ? ['free'] : []),
    ...longContext.map(({ aboveTokens }) => `other rates above ${aboveTokens} tokens`),
    ...Object.keys(usdPerRequest).map((name) => `${name} fee`),
  ];
  return notes.join(', ');
}
