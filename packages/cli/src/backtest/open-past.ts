import { resolve } from 'node:path';
import { createPromqlSource, type MetricSource } from '@tokenmeter/worker';
import { askLedger } from '../ask-ledger.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { CommandError, type Io } from '../io.ts';
import { openConfiguredSource, readSources } from '../open-sources.ts';
import { readTime } from '../price-time.ts';
import { createPastLedger, readLedgerSpan } from './ledger-source.ts';
import type { ReplaySource } from './replay-source.ts';
import { createSourceFeed } from './source-feed.ts';

/** Which past is meant, and which part of it. */
export interface PastOptions {
  readonly data: string;
  /** Name of a source of the configuration. */
  readonly source?: string;
  /** URL of a store that needs no credentials. */
  readonly prometheus?: string;
  readonly from?: string;
  readonly to?: string;
}

const DEFAULT_DAYS = 42;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const DEFAULT_STEP_MS = 5 * MINUTE_MS;

/** Opens the ledger, a configured source, or a store by its URL. Throws a `CommandError`. */
export async function openPast(
  options: PastOptions,
  {
    loaded,
    stepMs,
    io,
  }: { readonly loaded: LoadedConfig; readonly stepMs: number | undefined; readonly io: Io },
): Promise<ReplaySource> {
  const step = stepMs ?? DEFAULT_STEP_MS;
  const store = await openStore(options, loaded);
  if (store !== undefined) {
    const { fromEpochMs, toEpochMs } = rangeOf(options);
    const settled = Date.now() - (store.settleSeconds ?? 0) * 1000;
    const complete = { fromEpochMs, toEpochMs: Math.min(toEpochMs, settled) };
    return openRange(store, complete, { stepMs: step, io });
  }
  const dataDir = resolve(io.cwd, options.data);
  const ask = (sql: string): ReturnType<typeof askLedger> => askLedger(dataDir, sql, io.stop);
  const span = await readLedgerSpan(ask);
  if (span === undefined) {
    throw new CommandError(`the ledger in ${dataDir} has no usage yet`, {
      hint: 'meter an application, or replay a file with --csv FILE',
    });
  }
  const range = rangeOf(options);
  const known = {
    fromEpochMs: Math.max(range.fromEpochMs, span.fromEpochMs),
    toEpochMs: Math.min(range.toEpochMs, span.toEpochMs),
  };
  const source = createPastLedger(ask, step >= DEFAULT_STEP_MS ? 5 : 1);
  return openRange(source, known, { stepMs: step, io });
}

function openRange(
  source: MetricSource,
  range: { readonly fromEpochMs: number; readonly toEpochMs: number },
  { stepMs, io }: { readonly stepMs: number; readonly io: Io },
): ReplaySource {
  if (range.toEpochMs <= range.fromEpochMs) {
    throw new CommandError('there is no usage in this range', {
      hint: 'choose it with --from and --to',
      exitCode: 2,
    });
  }
  const feed = createSourceFeed(source, { ...range, stepMs }, io.stop);
  return { feed, name: source.name, stepMs, remarks: [] };
}

async function openStore(
  { source, prometheus }: PastOptions,
  loaded: LoadedConfig,
): Promise<MetricSource | undefined> {
  if (prometheus !== undefined) {
    if (!/^https?:\/\//.test(prometheus) || !URL.canParse(prometheus)) {
      throw new CommandError(`--prometheus must be an http or https URL, got ${prometheus}`, {
        exitCode: 2,
      });
    }
    return createPromqlSource({ name: new URL(prometheus).host, url: prometheus });
  }
  if (source === undefined) return undefined;
  const settings = readSources(loaded);
  const chosen = settings.find(({ name }) => name === source);
  if (chosen !== undefined) return await openConfiguredSource(chosen, loaded);
  const names = settings.map(({ name }) => name).join(', ');
  throw new CommandError(`no source is called ${source}`, {
    hint: names === '' ? 'tokenmeter.yaml configures none' : `there are ${names}`,
    exitCode: 2,
  });
}

function rangeOf({ from, to }: PastOptions): {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
} {
  const toEpochMs = readTime('--to', to);
  const fromEpochMs =
    from === undefined ? toEpochMs - DEFAULT_DAYS * DAY_MS : readTime('--from', from);
  if (fromEpochMs >= toEpochMs) {
    throw new CommandError('--from must be before --to', { exitCode: 2 });
  }
  return { fromEpochMs, toEpochMs };
}
