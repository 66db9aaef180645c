import { CommandError, type Io } from './io.ts';
import { type Catalog, readCatalog, writeCatalog } from './price-catalog.ts';
import { type FetchedPrices, fetchPrices, sourceName } from './price-fetch.ts';
import { describeProblem, parsePriceText } from './price-file.ts';
import { type RefreshedPrices, refreshPrices } from './price-refresh.ts';

/** What to fetch, and what to take of it. */
export interface PriceUpdateRequest {
  /** URL or file; undefined: where the kept copy came from, else LiteLLM's list. */
  readonly from?: string;
  /** Hash that the content must have, in lower-case hex, as `readPin` gives it. */
  readonly pin?: string;
  /** Take prices that rose or fell more than five times. */
  readonly acceptJumps?: boolean;
  /** Leave the kept copy as it is when the content is the same, also where the source knows no ETag. */
  readonly isSameKept?: boolean;
}

/** What an update came to. Whatever it was, the last good copy is in its place. */
export type PriceUpdate =
  | {
      readonly kind: 'updated';
      readonly catalog: Catalog;
      readonly refreshed: RefreshedPrices;
      /** File that now holds the catalogue. */
      readonly path: string;
    }
  | { readonly kind: 'unchanged'; readonly catalog: Catalog }
  | {
      readonly kind: 'offline';
      readonly from: string;
      readonly reason: string;
      /** The copy that stays in force, or undefined when there is none. */
      readonly known: Catalog | undefined;
    };

type NewContent = Extract<FetchedPrices, { kind: 'fetched' }>;

const DEFAULT_SOURCE =
  'https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json';

/** Reads a SHA-256 hash as a person gave it. Throws a `CommandError` that names `option` when it is none. */
export function readPin(text: string | undefined, option: string): string | undefined {
  if (text === undefined || /^[0-9a-f]{64}$/i.test(text)) return text?.toLowerCase();
  throw new CommandError(`${option} must be 64 hexadecimal digits`, {
    hint: 'compute it with: sha256sum FILE',
    exitCode: 2,
  });
}

/**
 * Fetches prices, checks them and keeps them. Throws a `CommandError` with the reason, and what stays in force, when the
 * source answers with an error or with prices that cannot be used.
 */
export async function updatePrices(request: PriceUpdateRequest, io: Io): Promise<PriceUpdate> {
  const known = await readCatalog(io);
  const from = sourceName(request.from ?? known?.header.source ?? DEFAULT_SOURCE, io.cwd);
  const same = known?.header.source === from ? known : undefined;
  const kept = canStay(same, request) ? same : undefined;
  try {
    const etag = kept?.header.etag;
    const fetched = await fetchPrices(
      from,
      { isPinned: request.pin !== undefined, ...(etag === undefined ? {} : { etag }) },
      io,
    );
    if (fetched.kind === 'unreachable') {
      return { kind: 'offline', from, reason: fetched.reason, known };
    }
    if (kept !== undefined && isUnchanged(fetched, kept, request))
      return await stay(kept, fetched, io);
    if (fetched.kind === 'unchanged') throw new CommandError(`${from} sent no prices`);
    checkPin(fetched.sha256, request.pin);
    return await takePrices(fetched, { from, known: same, request, io });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(error.message, {
      hint: [error.hint, describeKept(known)].filter((each) => each !== undefined).join('\n  '),
      exitCode: error.exitCode,
      cause: error,
    });
  }
}

/** A copy with another hash than the pinned one, or with prices to agree to, must be read again. */
function canStay(
  same: Catalog | undefined,
  { pin, acceptJumps }: PriceUpdateRequest,
): same is Catalog {
  if (same === undefined || (pin !== undefined && pin !== same.header.sha256)) return false;
  return acceptJumps !== true || same.header.held.length === 0;
}

function isUnchanged(fetched: FetchedPrices, kept: Catalog, request: PriceUpdateRequest): boolean {
  if (fetched.kind === 'unchanged') return true;
  if (fetched.kind === 'unreachable' || request.isSameKept !== true) return false;
  return fetched.sha256 === kept.header.sha256;
}

/** A source may name the same content anew. */
async function stay(kept: Catalog, fetched: FetchedPrices, io: Io): Promise<PriceUpdate> {
  const etag = fetched.kind === 'fetched' ? fetched.etag : undefined;
  const header = {
    ...kept.header,
    ...(etag === undefined ? {} : { etag }),
    checked: new Date().toISOString(),
  };
  const catalog = { ...kept, header };
  await writeCatalog(catalog, io.env);
  return { kind: 'unchanged', catalog };
}

function checkPin(sha256: string, pin: string | undefined): void {
  if (pin === undefined || pin === sha256) return;
  throw new CommandError(`expected content with SHA-256 ${pin}, got ${sha256}`, {
    hint: 'the content changed since it was pinned; look at it, then pin the new hash',
  });
}

/** What stays in force when nothing new is taken. */
export function describeKept(known: Catalog | undefined): string {
  return known === undefined
    ? 'the bundled prices stay in force'
    : `the copy of ${known.header.fetched.slice(0, 10)} stays in force`;
}

interface Taking {
  readonly from: string;
  readonly known: Catalog | undefined;
  readonly request: PriceUpdateRequest;
  readonly io: Io;
}

async function takePrices(
  fetched: NewContent,
  { from, known, request, io }: Taking,
): Promise<PriceUpdate> {
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
    acceptJumps: request.acceptJumps === true,
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
  return { kind: 'updated', catalog, refreshed, path: await writeCatalog(catalog, io.env) };
}
