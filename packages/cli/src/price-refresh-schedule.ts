import { setTimeout as sleep } from 'node:timers/promises';
import { ENV } from '@tokenmeter/semconv';
import { CommandError, type Io } from './io.ts';
import { type Catalog, catalogLayer } from './price-catalog.ts';
import { checkPriceUrl, isUrl } from './price-fetch.ts';
import { describeKept, readPin, updatePrices } from './price-refresh-step.ts';

/** Where prices are renewed from while `tokenmeter up` runs, as the command line gives it. */
export interface PriceRefreshOptions {
  /** URL or file; undefined: TOKENMETER_REFRESH_PRICES, and without that prices are not renewed. */
  readonly refreshPrices?: string;
  /** Such as `12h`; undefined: TOKENMETER_REFRESH_EVERY, else 24 hours. */
  readonly refreshEvery?: string;
  /** In hex; undefined: TOKENMETER_REFRESH_SHA256, else any content that passes the checks is taken. */
  readonly refreshSha256?: string;
  /** Nothing but price files is used, so that renewing is refused. */
  readonly replace?: boolean;
}

/** A checked `PriceRefreshOptions`. */
export interface PriceRefreshPlan {
  readonly from: string;
  readonly everyMs: number;
  readonly pin: string | undefined;
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
/** Timers of Node end at 24.8 days. */
const LONGEST_MS = 20 * 86_400_000;
const DEFAULT_EVERY = '24h';
/** A file can have thousands of problems, and a log is not the place for them. */
const MOST_LINES = 4;

function readEvery(text: string): number {
  const [, count, unit] = /^(\d{1,7})\s*([smhd])$/.exec(text.trim()) ?? [];
  const everyMs = Number(count) * (UNIT_MS.get(unit ?? '') ?? Number.NaN);
  if (everyMs >= 1000 && everyMs <= LONGEST_MS) return everyMs;
  throw new CommandError('--refresh-every must be from 1s to 20d', {
    hint: 'write a whole number with s, m, h or d, such as 24h',
    exitCode: 2,
  });
}

/**
 * Reads from where and how often prices are renewed; undefined when nobody asked for it. An option outranks its
 * environment variable, and an empty variable is none. Throws a `CommandError` for what cannot work.
 */
export function parsePriceRefresh(
  options: PriceRefreshOptions,
  env: Io['env'],
): PriceRefreshPlan | undefined {
  const from = options.refreshPrices ?? (env[ENV.refreshPrices.name] || undefined);
  const every = options.refreshEvery ?? (env[ENV.refreshEvery.name] || undefined);
  const hash = options.refreshSha256 ?? (env[ENV.refreshSha256.name] || undefined);
  if (from === undefined || from === '') {
    if (options.refreshEvery === undefined && options.refreshSha256 === undefined) return undefined;
    throw new CommandError('no source to renew prices from', {
      hint: 'name one with --refresh-prices URL or FILE',
      exitCode: 2,
    });
  }
  if (options.replace === true) {
    throw new CommandError('--replace uses nothing but the price files, so none can be renewed', {
      hint: `leave out --replace, or --refresh-prices and ${ENV.refreshPrices.name}`,
      exitCode: 2,
    });
  }
  const pin = readPin(hash, '--refresh-sha256');
  if (isUrl(from)) checkPriceUrl(from, { isPinned: pin !== undefined });
  return { from, everyMs: readEvery(every ?? DEFAULT_EVERY), pin };
}

/**
 * Renews the kept catalogue now and at every interval, in the background. Whoever follows the catalogue's file sees the new
 * one. A failure is said on stderr once until it is over, and the last good copy stays. Never throws.
 */
export function startPriceRefresh(plan: PriceRefreshPlan, io: Io): AsyncDisposable {
  const stopping = new AbortController();
  const stop = AbortSignal.any([io.stop, stopping.signal]);
  const running = refreshUntilStopped(plan, { ...io, stop });
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function refreshUntilStopped(
  { from, everyMs, pin }: PriceRefreshPlan,
  io: Io,
): Promise<void> {
  const told = new ToldOnce(io);
  const request = { from, isSameKept: true, ...(pin === undefined ? {} : { pin }) };
  while (!io.stop.aborted) {
    try {
      const update = await updatePrices(request, io);
      if (io.stop.aborted) return;
      if (update.kind === 'offline') {
        told.failed('offline', `${from} cannot be reached (${update.reason})`, update.known);
      } else told.worked(update.catalog);
    } catch (error) {
      if (!io.stop.aborted) told.refused(error);
    }
    await sleep(everyMs, undefined, { signal: io.stop, ref: false }).catch(() => undefined);
  }
}

/** Says what changes, not what stays: a source that is away for a week is one line. */
class ToldOnce {
  readonly #io: Io;
  readonly #failures = new Set<string>();
  #heldVersion: string | undefined;

  constructor(io: Io) {
    this.#io = io;
  }

  failed(kind: string, reason: string, known: Catalog | undefined): void {
    this.#fail(kind, reason, describeKept(known));
  }

  refused(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#fail('refused', message, error instanceof CommandError ? error.hint : undefined);
  }

  worked(catalog: Catalog): void {
    if (this.#failures.size > 0) this.#io.stderr('prices can be renewed again\n');
    this.#failures.clear();
    const { version } = catalogLayer(catalog);
    const count = catalog.header.held.length;
    if (count === 0 || version === this.#heldVersion) return;
    this.#heldVersion = version;
    this.#io.stderr(
      `${count} rates of ${version} moved by more than 5 times and are held back; their models keep the price they had\n` +
        '  if they are right, take them with: tokenmeter prices update --accept-jumps\n',
    );
  }

  #fail(kind: string, reason: string, hint: string | undefined): void {
    if (this.#failures.has(kind)) return;
    this.#failures.add(kind);
    const lines = plainText(reason).split('\n');
    const more = lines.length > MOST_LINES ? [`… and ${lines.length - MOST_LINES} more`] : [];
    const text = [...lines.slice(0, MOST_LINES), ...more].join('\n  ');
    this.#io.stderr(
      `prices could not be renewed: ${text}\n${hint === undefined ? '' : `  ${hint}\n`}`,
    );
  }
}

/** What a server or its file says must not steer a terminal. */
function plainText(text: string): string {
  return text.replaceAll(/[^\P{C}\n]/gu, '?');
}
