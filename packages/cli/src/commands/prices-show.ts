import type { PriceBook } from '@tokenmeter/pricing';
import { CommandError, type Io } from '../io.ts';
import { loadPriceBook, type PriceFileChoice } from '../price-book.ts';
import { impliedProvider } from '../price-implied-provider.ts';
import { describeModel, type PriceSheet, type SheetRates } from '../price-sheet.ts';
import { readTime } from '../price-time.ts';
import { renderRate } from '../render/render-price-changes.ts';
import { renderTable } from '../render/render-table.ts';
import { suggestModels } from '../suggest-models.ts';

/** Options of `tokenmeter prices show`. */
export interface PricesShowOptions extends PriceFileChoice {
  readonly provider?: string;
  readonly at?: string;
  readonly json?: boolean;
}

const MOST_ALIASES = 8;

/** Shows all rates of one model at a time, with modifiers, source and history. */
export async function runPricesShow(
  model: string,
  options: PricesShowOptions,
  io: Io,
): Promise<void> {
  const book = await loadPriceBook(options, io);
  const epochMs = readTime('--at', options.at);
  const sheet = describeModel(book, { ...resolveModel(model, options.provider, book), epochMs });
  if (sheet === undefined) {
    throw new CommandError(`no price row matches ${model}`, { hint: suggestModels(model, book) });
  }
  io.stdout(options.json === true ? `${JSON.stringify(sheet)}\n` : renderSheet(sheet));
}

/** Takes ids as `prices find` prints them, and model names as calls name them. */
function resolveModel(
  name: string,
  provider: string | undefined,
  book: PriceBook,
): { provider: string; model: string } {
  if (provider !== undefined) return { provider, model: name };
  const rows = book.layers.flatMap((layer) => layer.rows);
  const byId = rows.find(({ id }) => id === name);
  if (byId !== undefined) return { provider: byId.provider, model: byId.model };
  return { provider: impliedProvider(name, book), model: name };
}

function renderSheet(sheet: PriceSheet): string {
  const parts = [
    renderHead(sheet),
    renderRates(sheet),
    renderFees(sheet),
    renderModifiers(sheet),
    renderHistory(sheet),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function renderHead(sheet: PriceSheet): string {
  const { aliases, contextTokens, source, refreshed } = sheet;
  const read = [refreshed, source].filter((each) => each !== undefined).join(' from ');
  const more = aliases.length > MOST_ALIASES ? `, and ${aliases.length - MOST_ALIASES} more` : '';
  return [
    sheet.id,
    `  ${sheet.isFree ? 'free · ' : ''}${sheet.layer} prices at ${sheet.at} · price book ${sheet.book}`,
    ...(read === '' ? [] : [`  read ${read}`]),
    ...(aliases.length === 0
      ? []
      : [`  also called ${aliases.slice(0, MOST_ALIASES).join(', ')}${more}`]),
    ...(contextTokens === undefined ? [] : [`  context of ${contextTokens} tokens`]),
    ...(sheet.isInForce ? [] : ['  no price is in force at this time']),
    '',
  ].join('\n');
}

function renderRates({ usdPerMillionTokens, longContext }: PriceSheet): string {
  const names = classesOf([{ usdPerMillionTokens }, ...longContext]);
  if (names.length === 0) return '';
  return renderTable(
    [
      { name: 'USD per million tokens', isNumeric: false },
      { name: 'rate', isNumeric: true },
      ...longContext.map(({ aboveTokens }) => ({ name: `above ${aboveTokens}`, isNumeric: true })),
    ],
    names.map((name) => [
      name,
      renderRate(usdPerMillionTokens[name]),
      ...longContext.map((tier) => renderRate(tier.usdPerMillionTokens[name])),
    ]),
  );
}

function classesOf(cards: readonly Pick<SheetRates, 'usdPerMillionTokens'>[]): readonly string[] {
  return [...new Set(cards.flatMap((card) => Object.keys(card.usdPerMillionTokens)))];
}

function renderFees({ usdPerRequest }: PriceSheet): string {
  const fees = Object.entries(usdPerRequest);
  if (fees.length === 0) return '';
  return renderTable(
    [
      { name: 'USD per request', isNumeric: false },
      { name: 'fee', isNumeric: true },
    ],
    fees.map(([name, usd]) => [name, renderRate(usd)]),
  );
}

const MAIN = ['input', 'cache_read', 'output'];

function mainColumns(): { readonly name: string; readonly isNumeric: boolean }[] {
  return MAIN.map((name) => ({ name, isNumeric: true }));
}

function mainRates({ usdPerMillionTokens }: SheetRates): readonly string[] {
  return MAIN.map((name) => renderRate(usdPerMillionTokens[name]));
}

function renderModifiers({ modifiers }: PriceSheet): string {
  if (modifiers.length === 0) return '';
  return renderTable(
    [{ name: 'modifier', isNumeric: false }, ...mainColumns()],
    modifiers.map((modifier) => [modifier.name, ...mainRates(modifier)]),
  );
}

function renderHistory({ history }: PriceSheet): string {
  const isPlain = history.every(({ from, until, hours }) => (from ?? until ?? hours) === undefined);
  if (isPlain) return '';
  return renderTable(
    [
      { name: 'from', isNumeric: false },
      { name: 'until', isNumeric: false },
      ...mainColumns(),
      { name: 'hours', isNumeric: false },
    ],
    history.map((period) => [
      period.from?.slice(0, 16) ?? '',
      period.until?.slice(0, 16) ?? '',
      ...mainRates(period),
      period.hours ?? '',
    ]),
  );
}
