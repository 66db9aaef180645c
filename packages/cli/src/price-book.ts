import { bundledPriceBook, type PriceBook, type PriceLayer, withLayers } from '@tokenmeter/pricing';
import { CommandError, type Io } from './io.ts';
import { catalogLayer, readCatalog } from './price-catalog.ts';
import { describeProblem, parsePriceText, readPriceText } from './price-file.ts';
import { type PriceFileNames, priceFilePaths } from './price-file-paths.ts';

/** Price files as the command line names them. */
export interface PriceFileChoice extends PriceFileNames {
  /** Use nothing but these files. */
  readonly replace?: boolean;
}

async function readLayer(
  path: string,
  mode: 'overlay' | 'replace',
  cwd: string,
): Promise<PriceLayer> {
  const parsed = parsePriceText(path, await readPriceText(path, cwd), { mode });
  if (parsed.ok) return parsed.layer;
  const problems = parsed.problems.map((problem) => describeProblem(path, problem));
  throw new CommandError(problems.join('\n'), {
    hint: `look at all of them with: tokenmeter prices check ${path}`,
    exitCode: 2,
  });
}

/**
 * The prices in force: the files named by `--prices` or TOKENMETER_PRICES, first file first, then the refreshed catalogue
 * if `prices update` kept one, then the bundled prices. Throws a `CommandError` for files that cannot be used.
 */
export async function loadPriceBook(
  choice: PriceFileChoice,
  io: Pick<Io, 'cwd' | 'env' | 'stderr'>,
): Promise<PriceBook> {
  const paths = priceFilePaths(choice, io.env);
  if (choice.replace === true && paths.length === 0) {
    throw new CommandError('--replace needs a price file', {
      hint: 'name one with --prices FILE',
      exitCode: 2,
    });
  }
  const layers = await Promise.all(
    // The last file closes the list when nothing else may answer.
    paths.map((path, index) =>
      readLayer(
        path,
        choice.replace === true && index === paths.length - 1 ? 'replace' : 'overlay',
        io.cwd,
      ),
    ),
  );
  const catalog = choice.replace === true ? undefined : await readCatalog(io);
  const kept = catalog === undefined ? [] : [catalogLayer(catalog)];
  return withLayers(bundledPriceBook(), [...layers, ...kept]);
}
