import { CommandError, type Io } from '../io.ts';
import { type Catalog, type CatalogHeader, catalogLayer } from '../price-catalog.ts';
import type { RefreshedPrices } from '../price-refresh.ts';
import { describeKept, type PriceUpdate, readPin, updatePrices } from '../price-refresh-step.ts';
import { renderPriceChanges } from '../render/render-price-changes.ts';

/** Options of `tokenmeter prices update`. */
export interface PricesUpdateOptions {
  /** URL or file; undefined: where the kept copy came from, else LiteLLM's list. */
  readonly from?: string;
  /** Hash that the content must have, in hex. */
  readonly sha256?: string;
  readonly acceptJumps?: boolean;
  readonly json?: boolean;
}

const MOST_SHOWN = 40;

/** Fetches prices, checks them and keeps them for `price`; whatever fails, the last good copy stays. */
export async function runPricesUpdate(options: PricesUpdateOptions, io: Io): Promise<void> {
  const pin = readPin(options.sha256, '--sha256');
  const update = await updatePrices(
    {
      ...(options.from === undefined ? {} : { from: options.from }),
      ...(pin === undefined ? {} : { pin }),
      acceptJumps: options.acceptJumps === true,
    },
    io,
  );
  if (update.kind === 'offline') return tellOffline(update, options, io);
  if (update.kind === 'unchanged') return tellUnchanged(update.catalog, options, io);
  tellUpdated(update, options, io);
}

function tellOffline(
  { from, reason, known }: Extract<PriceUpdate, { kind: 'offline' }>,
  options: PricesUpdateOptions,
  io: Io,
): void {
  const text = `${from} cannot be reached (${reason})`;
  if (known === undefined) throw new CommandError(text, { hint: describeKept(known) });
  const { header } = known;
  if (options.json === true) {
    io.stdout(`${JSON.stringify({ result: 'offline', reason, ...summaryOf(known) })}\n`);
  }
  io.stderr(`${text}; the copy of ${header.fetched.slice(0, 10)} stays in force\n`);
}

function summaryOf(catalog: Catalog): Readonly<Record<string, unknown>> {
  const { source, sha256, fetched, checked, held } = catalog.header;
  return {
    source,
    sha256,
    fetched,
    checked,
    book: catalogLayer(catalog).version,
    prices: catalog.rows.length,
    held,
  };
}

function tellUnchanged(catalog: Catalog, options: PricesUpdateOptions, io: Io): void {
  const { header } = catalog;
  if (options.json === true) {
    io.stdout(`${JSON.stringify({ result: 'unchanged', ...summaryOf(catalog) })}\n`);
    return;
  }
  io.stdout(`unchanged since ${header.fetched.slice(0, 10)}: ${catalog.rows.length} prices\n`);
  tellHeld(header, io);
}

function tellUpdated(
  { catalog, refreshed, path }: Extract<PriceUpdate, { kind: 'updated' }>,
  options: PricesUpdateOptions,
  io: Io,
): void {
  if (options.json === true) {
    const { changes, sameCount } = refreshed;
    io.stdout(
      `${JSON.stringify({ result: 'updated', ...summaryOf(catalog), file: path, same: sameCount, changes })}\n`,
    );
  } else {
    io.stdout(renderUpdate(catalog, refreshed, path));
    tellHeld(catalog.header, io);
  }
}

function renderUpdate(
  catalog: Catalog,
  { changes, sameCount }: RefreshedPrices,
  path: string,
): string {
  const shown = changes.filter(({ beforeUsd }) => beforeUsd !== undefined);
  const added = changes.length - shown.length;
  const more = shown.length > MOST_SHOWN ? `… and ${shown.length - MOST_SHOWN} more\n` : '';
  const table = shown.length === 0 ? '' : renderPriceChanges(shown.slice(0, MOST_SHOWN));
  const counts = `${added} rates new, ${shown.length} changed, ${sameCount} models as bundled`;
  return `${table}${more}${catalog.rows.length} prices kept in ${path}\n  ${counts} · ${catalogLayer(catalog).version}\n`;
}

function tellHeld({ held }: CatalogHeader, io: Io): void {
  if (held.length === 0) return;
  io.stderr(
    `${held.length} rates moved by more than 5 times and are held back; their models keep the price they had:\n`,
  );
  io.stderr(renderPriceChanges(held.slice(0, MOST_SHOWN)));
  io.stderr('if they are right, take them with: tokenmeter prices update --accept-jumps\n');
}
