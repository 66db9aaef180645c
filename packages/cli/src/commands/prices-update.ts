import { CommandError, type Io } from '../io.ts';
import {
  type Catalog,
  type CatalogHeader,
  catalogLayer,
  readCatalog,
  writeCatalog,
} from '../price-catalog.ts';
import { type FetchedPrices, fetchPrices, sourceName } from '../price-fetch.ts';
import { describeProblem, parsePriceText } from '../price-file.ts';
import { type RefreshedPrices, refreshPrices } from '../price-refresh.ts';
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

const DEFAULT_SOURCE =
  'https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json';
const MOST_SHOWN = 40;

/** Fetches prices, checks them and keeps them for `price`; whatever fails, the last good copy stays. */
export async function runPricesUpdate(options: PricesUpdateOptions, io: Io): Promise<void> {
  const pin = readPin(options.sha256);
  const known = await readCatalog(io);
  const from = sourceName(options.from ?? known?.header.source ?? DEFAULT_SOURCE, io.cwd);
  const same = known?.header.source === from ? known : undefined;
  try {
    const etag = canStay(same, pin, options) ? same?.header.etag : undefined;
    const fetched = await fetchPrices(
      from,
      { isPinned: pin !== undefined, ...(etag === undefined ? {} : { etag }) },
      io,
    );
    if (fetched.kind === 'unreachable')
      return tellOffline(from, fetched.reason, known, options, io);
    if (fetched.kind === 'unchanged') {
      if (same !== undefined) await tellUnchanged(same, options, io);
      return;
    }
    checkPin(fetched.sha256, pin);
    await takePrices(fetched, { from, known: same, options, io });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(error.message, {
      hint: [error.hint, describeKept(known)].filter((each) => each !== undefined).join('\n  '),
      exitCode: error.exitCode,
      cause: error,
    });
  }
}

function readPin(text: string | undefined): string | undefined {
  if (text === undefined || /^[0-9a-f]{64}$/i.test(text)) return text?.toLowerCase();
  throw new CommandError('--sha256 must be 64 hexadecimal digits', {
    hint: 'compute it with: sha256sum FILE',
    exitCode: 2,
  });
}

/** A copy with another hash than the pinned one, or with prices to agree to, must be read again. */
function canStay(
  same: Catalog | undefined,
  pin: string | undefined,
  options: PricesUpdateOptions,
): boolean {
  if (same === undefined || (pin !== undefined && pin !== same.header.sha256)) return false;
  return options.acceptJumps !== true || same.header.held.length === 0;
}

function checkPin(sha256: string, pin: string | undefined): void {
  if (pin === undefined || pin === sha256) return;
  throw new CommandError(`expected content with SHA-256 ${pin}, got ${sha256}`, {
    hint: 'the content changed since it was pinned; look at it, then pin the new hash',
  });
}

function describeKept(known: Catalog | undefined): string {
  return known === undefined
    ? 'the bundled prices stay in force'
    : `the copy of ${known.header.fetched.slice(0, 10)} stays in force`;
}

function tellOffline(
  from: string,
  reason: string,
  known: Catalog | undefined,
  options: PricesUpdateOptions,
  io: Io,
): void {
  const text = `${from} cannot be reached (${reason})`;
  if (known === undefined) throw new CommandError(text);
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

async function tellUnchanged(same: Catalog, options: PricesUpdateOptions, io: Io): Promise<void> {
  const header = { ...same.header, checked: new Date().toISOString() };
  const catalog = { ...same, header };
  await writeCatalog(catalog, io.env);
  if (options.json === true) {
    io.stdout(`${JSON.stringify({ result: 'unchanged', ...summaryOf(catalog) })}\n`);
    return;
  }
  io.stdout(`unchanged since ${header.fetched.slice(0, 10)}: ${catalog.rows.length} prices\n`);
  tellHeld(header, io);
}

interface Taking {
  readonly from: string;
  readonly known: Catalog | undefined;
  readonly options: PricesUpdateOptions;
  readonly io: Io;
}

async function takePrices(
  fetched: Extract<FetchedPrices, { kind: 'fetched' }>,
  { from, known, options, io }: Taking,
): Promise<void> {
  const parsed = parsePriceText(from, fetched.text, {
    name: 'catalog',
    mode: 'overlay',
    source: 'catalog',
  });
  if (!parsed.ok) {
    const problems = parsed.problems.map((problem) => describeProblem(from, problem));
    throw new CommandError(problems.join('\n'));
  }
  if (parsed.layer.rows.length === 0) throw new CommandError(`${from} has no prices`);
  const now = Date.now();
  const refreshed = refreshPrices(parsed.layer, {
    known,
    epochMs: now,
    acceptJumps: options.acceptJumps === true,
  });
  const time = new Date(now).toISOString();
  const catalog: Catalog = {
    header: {
      source: from,
      ...(fetched.etag === undefined ? {} : { etag: fetched.etag }),
      sha256: fetched.sha256,
      fetched: time,
      checked: time,
      held: refreshed.held,
    },
    rows: refreshed.rows,
  };
  const path = await writeCatalog(catalog, io.env);
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
