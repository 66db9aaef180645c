import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PriceBook } from '@tokenmeter/pricing';
import { CommandError, type Io } from './io.ts';
import { loadPriceBook, type PriceFileChoice } from './price-book.ts';
import { catalogFile } from './price-catalog.ts';
import { priceFilePaths } from './price-file-paths.ts';

/** A price book that follows its files. */
export interface WatchedPriceBook extends AsyncDisposable {
  /** The last good one. */
  current(): PriceBook;
  /** The files that it follows, as they were named. */
  readonly paths: readonly string[];
}

/** How a book is watched. */
export interface WatchOptions {
  /** Quiet time after a change before the files are read: editors write in several steps. Default 150. */
  readonly quietMs?: number;
  /** How often files are looked at where no change is announced, as on network drives. Default 2000. */
  readonly pollMs?: number;
}

/** What differs when any of the files was written, replaced, removed or created. */
async function signatureOf(files: readonly string[]): Promise<string> {
  const marks = await Promise.all(
    files.map(async (file) => {
      try {
        const { dev, ino, size, mtimeMs, ctimeMs } = await stat(file);
        return [dev, ino, size, mtimeMs, ctimeMs].join('/');
      } catch {
        return 'missing';
      }
    }),
  );
  return marks.join(' ');
}

/** Editors replace files, so their folders are watched. A folder that cannot be watched is left to the poll. */
function watchFolders(files: readonly string[], changed: () => void): readonly FSWatcher[] {
  const folders = new Set(files.map((file) => dirname(file)));
  return [...folders].flatMap((folder) => {
    const inside = files.filter((file) => dirname(file) === folder);
    const wanted = new Set(inside.map((file) => basename(file)));
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || wanted.has(name)) changed();
      });
      return [watcher.on('error', () => watcher.close())];
    } catch {
      return [];
    }
  });
}

function describeRefusal(error: unknown, inForce: PriceBook): string {
  const reason = error instanceof Error ? error.message : String(error);
  const hint = error instanceof CommandError && error.hint !== undefined ? `  ${error.hint}\n` : '';
  return `new prices refused: ${reason}\n${hint}  ${inForce.version} stays in force\n`;
}

/**
 * Loads the price book of the command line and follows its files, and the refreshed catalogue, as they change. What
 * cannot be used is refused with the reason on stderr and the last good book stays in force; a good one is announced with
 * its version. Throws a `CommandError` when the first one cannot be used.
 */
export async function watchPriceBook(
  choice: PriceFileChoice,
  io: Io,
  { quietMs = 150, pollMs = 2000 }: WatchOptions = {},
): Promise<WatchedPriceBook> {
  const paths = priceFilePaths(choice, io.env);
  const files = [...paths.map((path) => resolve(io.cwd, path)), catalogFile(io.env)];
  let seen = await signatureOf(files);
  let book = await loadPriceBook(choice, io);
  let isRefused = false;
  const stopping = new AbortController();
  const reload = async (): Promise<void> => {
    try {
      const next = await loadPriceBook(choice, io);
      if (next.version === book.version && !isRefused) return;
      book = next;
      isRefused = false;
      io.stderr(`new prices in force: ${book.version}\n`);
    } catch (error) {
      isRefused = true;
      io.stderr(describeRefusal(error, book));
    }
  };
  const look = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const signature = await signatureOf(files);
      if (signature === seen) return;
      await sleep(quietMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if ((await signatureOf(files)) !== signature) continue;
      seen = signature;
      await reload();
    }
  };
  let looking: Promise<void> | undefined;
  const lookOnce = (): void => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  };
  const watchers = watchFolders(files, lookOnce);
  const poll = setInterval(lookOnce, pollMs).unref();
  return {
    current: () => book,
    paths,
    [Symbol.asyncDispose]: async () => {
      for (const watcher of watchers) watcher.close();
      clearInterval(poll);
      stopping.abort();
      await looking;
    },
  };
}
