import {
  bundledPriceBook,
  comparePrices,
  createPriceBook,
  implausibleChanges,
  listPrices,
  type PriceFileProblem,
  type PriceLayer,
  parsePriceFileValue,
  unknownBases,
  withLayers,
} from '@tokenmeter/pricing';
import { CommandError, type Io } from '../io.ts';
import {
  describeProblem,
  type PriceDocument,
  parsePriceDocument,
  readPriceText,
} from '../price-file.ts';

/** More would scroll by unread. */
const MOST_PROBLEMS = 100;
/** Finding the place of a problem costs a reading of the text up to there; this many characters take a fraction of a second. */
const READ_CHARACTERS = 20_000_000;

function mostProblems(text: string): number {
  return Math.max(3, Math.min(MOST_PROBLEMS, Math.floor(READ_CHARACTERS / (text.length + 1))));
}

/** Options of `tokenmeter prices check`. */
export interface PricesCheckOptions {
  readonly json?: boolean;
}

interface Checked {
  readonly problems: readonly PriceFileProblem[];
  /** Allowed, but likely a mistake. */
  readonly warnings: readonly PriceFileProblem[];
  readonly prices: number;
  readonly providers: readonly string[];
  /** Only the first problems are told. */
  readonly isCut: boolean;
}

/** Checks price files and prints every problem with its place. Fails when there is one. */
export async function runPricesCheck(
  paths: readonly string[],
  options: PricesCheckOptions,
  io: Io,
): Promise<void> {
  let count = 0;
  for (const path of paths) {
    const checked = checkText(path, await readPriceText(path, io.cwd));
    count += checked.problems.length;
    report(path, checked, options.json === true, io);
    if (checked.isCut)
      io.stderr(`${path}: there may be more problems; mend these and check again\n`);
  }
  if (count > 0) {
    throw new CommandError(`${count} ${count === 1 ? 'problem' : 'problems'} found`, {
      hint: 'tokenmeter prices schema prints the JSON Schema of our own form, for editors',
    });
  }
}

function checkText(path: string, text: string): Checked {
  const nothing = { warnings: [], prices: 0, providers: [], isCut: false };
  const parsed = parsePriceDocument(path, text);
  if (!parsed.ok) return { ...nothing, problems: parsed.problems };
  const file = parsePriceFileValue(parsed.document, {
    name: path,
    mode: 'overlay',
    mostProblems: mostProblems(text),
  });
  if (!file.ok) {
    const problems = [...file.problems].sort(byPlace);
    return { ...nothing, problems, isCut: problems.length >= mostProblems(text) };
  }
  const { layer } = file;
  const problems = findUnknownBases(layer, parsed.document);
  return {
    problems,
    isCut: problems.length >= mostProblems(text),
    warnings: findJumps(layer, parsed.document),
    prices: layer.rows.length,
    providers: [...new Set(layer.rows.map(({ provider }) => provider))].sort(),
  };
}

function findUnknownBases(layer: PriceLayer, document: PriceDocument): readonly PriceFileProblem[] {
  return unknownBases(withLayers(bundledPriceBook(), [layer]))
    .filter(({ layer: name }) => name === layer.name)
    .slice(0, mostProblems(document.text))
    .map(({ row, base }) => {
      const path = pathOfBase(document.value, base);
      return located(document, path, `${row} refers to ${base}, which has no price`);
    });
}

function byPlace({ position: a }: PriceFileProblem, { position: b }: PriceFileProblem): number {
  const lines = (a?.line ?? 0) - (b?.line ?? 0);
  return lines === 0 ? (a?.column ?? 0) - (b?.column ?? 0) : lines;
}

function pathOfBase(value: unknown, base: string): readonly (string | number)[] {
  const prices: unknown =
    typeof value === 'object' && value !== null && 'prices' in value ? value.prices : undefined;
  const at = Array.isArray(prices) ? prices.findIndex((each) => hasBase(each, base)) : -1;
  return at < 0 ? [] : ['prices', at, 'base'];
}

function hasBase(entry: unknown, base: string): boolean {
  return typeof entry === 'object' && entry !== null && 'base' in entry && entry.base === base;
}

function located(
  document: PriceDocument,
  path: readonly (string | number)[],
  message: string,
): PriceFileProblem {
  const position = document.positionOf(path);
  return { path: path.join('.'), message, ...(position === undefined ? {} : { position }) };
}

/** Prices per token given per million tokens, or the other way round, are off by far more than any discount. */
function findJumps(layer: PriceLayer, document: PriceDocument): readonly PriceFileProblem[] {
  const now = Date.now();
  const own = listPrices(createPriceBook([layer]), now);
  const ids = new Set(own.map(({ id }) => id));
  const bundled = listPrices(bundledPriceBook(), now).filter(({ id }) => ids.has(id));
  return implausibleChanges(comparePrices(bundled, own))
    .filter(({ afterUsd }) => afterUsd !== 0)
    .slice(0, MOST_PROBLEMS)
    .map(({ id, what, beforeUsd, afterUsd }) =>
      located(
        document,
        [],
        `${id} ${what} is ${afterUsd} USD, the bundled price is ${beforeUsd}; is the unit right?`,
      ),
    );
}

function report(path: string, checked: Checked, isJson: boolean, io: Io): void {
  const { problems, warnings, prices, providers } = checked;
  if (isJson) {
    const lines = [
      ...problems.map((problem) => ({ severity: 'error', ...flat(path, problem) })),
      ...warnings.map((problem) => ({ severity: 'warning', ...flat(path, problem) })),
      { file: path, ok: problems.length === 0, prices, providers },
    ];
    io.stdout(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return;
  }
  for (const problem of problems) io.stdout(`${describeProblem(path, problem)}\n`);
  for (const { message } of warnings) io.stderr(`${path}: warning: ${message}\n`);
  if (problems.length > 0) return;
  const names = providers.map((name) => (name === '*' ? 'any provider' : name)).join(', ');
  io.stdout(`${path}: ${prices} ${prices === 1 ? 'price' : 'prices'} · ${names}\n`);
}

function flat(file: string, { path, message, position }: PriceFileProblem): object {
  return { file, ...position, path, message };
}
