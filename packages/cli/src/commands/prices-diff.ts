import {
  bundledPriceBook,
  comparePrices,
  createPriceBook,
  type ListedPrice,
  listPrices,
  type PriceBook,
} from '@tokenmeter/pricing';
import { CommandError, type Io } from '../io.ts';
import { readArchive } from '../price-archive.ts';
import { loadPriceBook } from '../price-book.ts';
import { describeProblem, parsePriceText, readPriceText } from '../price-file.ts';
import { readTime } from '../price-time.ts';
import { renderPriceChanges } from '../render/render-price-changes.ts';

/** Options of `tokenmeter prices diff`. */
export interface PricesDiffOptions {
  /** Compare the prices in force at this time with those of now. */
  readonly since?: string;
  readonly json?: boolean;
}

/** Two lists of prices and what they are. */
interface Sides {
  readonly names: readonly [string, string];
  readonly before: readonly ListedPrice[];
  readonly after: readonly ListedPrice[];
}

/**
 * Shows which prices differ: between two files, between the prices in force and one file, between two times, or, with
 * nothing given, between the bundled prices and the snapshot before them.
 */
export async function runPricesDiff(
  files: readonly string[],
  options: PricesDiffOptions,
  io: Io,
): Promise<void> {
  if (files.length > 2 || (files.length > 0 && options.since !== undefined)) {
    throw new CommandError('expected at most two files, or --since without files', {
      hint: 'tokenmeter prices diff OLD NEW',
      exitCode: 2,
    });
  }
  const sides = await chooseSides(files, options, io);
  if (sides === undefined) return;
  const changes = comparePrices(sides.before, sides.after);
  if (options.json === true) {
    io.stdout(changes.map((change) => `${JSON.stringify(change)}\n`).join(''));
    return;
  }
  if (changes.length > 0) io.stdout(renderPriceChanges(changes));
  const models = new Set(changes.map(({ id }) => id)).size;
  io.stderr(`${sides.names.join(' → ')}: ${changes.length} rates of ${models} models differ\n`);
}

async function chooseSides(
  [first, second]: readonly string[],
  options: PricesDiffOptions,
  io: Io,
): Promise<Sides | undefined> {
  const now = Date.now();
  if (first === undefined) {
    return options.since === undefined ? archiveSides(now, io) : timeSides(options.since, now, io);
  }
  const own = await listFile(first, now, io);
  if (second !== undefined) {
    return { names: [first, second], before: own, after: await listFile(second, now, io) };
  }
  const ids = new Set(own.map(({ id }) => id));
  const book = await loadPriceBook({ prices: [] }, io);
  const before = listPrices(book, now).filter(({ id }) => ids.has(id));
  return { names: [book.version, first], before, after: own };
}

async function archiveSides(now: number, io: Io): Promise<Sides | undefined> {
  const { days, previous } = await readArchive();
  const bundled = bundledPriceBook();
  if (previous === undefined) {
    io.stderr(
      `the archive has one snapshot only, of ${days.at(-1)}; compare times with --since DATE, or files with: tokenmeter prices diff OLD NEW\n`,
    );
    return undefined;
  }
  const list = (book: PriceBook): readonly ListedPrice[] => listPrices(book, now);
  return {
    names: [previous.version, bundled.version],
    before: list(previous),
    after: list(bundled),
  };
}

async function timeSides(since: string, now: number, io: Io): Promise<Sides> {
  const book = await loadPriceBook({}, io);
  return {
    names: [since, 'now'],
    before: listPrices(book, readTime('--since', since)),
    after: listPrices(book, now),
  };
}

async function listFile(path: string, now: number, io: Io): Promise<readonly ListedPrice[]> {
  const parsed = parsePriceText(path, await readPriceText(path, io.cwd), { mode: 'replace' });
  if (parsed.ok) return listPrices(createPriceBook([parsed.layer]), now);
  const problems = parsed.problems.map((problem) => describeProblem(path, problem));
  throw new CommandError(problems.join('\n'), { exitCode: 2 });
}
