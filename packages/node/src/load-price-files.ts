import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { bundledPriceBook, type PriceBook, parsePriceFile, withLayers } from '@tokenmeter/pricing';

/** A price book, and what was wrong with the files that are missing from it. */
export interface LoadedPrices {
  /** Built when first asked for. */
  readonly book: () => PriceBook;
  readonly problems: readonly string[];
}

/** Prefix of a path whose file stands alone: nothing below it, the bundled prices included, is used. */
const REPLACE = 'replace:';

/**
 * Reads user price files over the bundled prices; earlier files win. A file that cannot be used is left out and reported:
 * metering goes on with the others, and never with a wrong price.
 */
export function loadPriceFiles(paths: readonly string[]): LoadedPrices {
  const problems: string[] = [];
  const layers = paths.flatMap((item) => {
    const isReplacing = item.startsWith(REPLACE);
    const path = isReplacing ? item.slice(REPLACE.length) : item;
    const text = readText(path);
    if (text === undefined) {
      problems.push(`${path}: cannot be read`);
      return [];
    }
    const mode = isReplacing ? 'replace' : 'overlay';
    const parsed = parsePriceFile(text, { name: basename(path), mode });
    if (parsed.ok) return [parsed.layer];
    problems.push(...parsed.problems.map((each) => `${path}: ${each.path} ${each.message}`.trim()));
    return [];
  });
  const book = (): PriceBook =>
    layers.length === 0 ? bundledPriceBook() : withLayers(bundledPriceBook(), layers);
  return { book, problems };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
