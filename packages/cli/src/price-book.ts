import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import {
  bundledPriceBook,
  type PriceBook,
  type PriceFileProblem,
  type PriceLayer,
  parsePriceFile,
  withLayers,
} from '@tokenmeter/pricing';
import { ENV } from '@tokenmeter/semconv';
import { CommandError, type Io } from './io.ts';

/** Price files as the command line names them. */
export interface PriceFileChoice {
  /** Undefined: those of TOKENMETER_PRICES. */
  readonly prices?: readonly string[];
  /** Use nothing but these files. */
  readonly replace?: boolean;
}

function describeProblem(path: string, { path: key, message, position }: PriceFileProblem): string {
  const place = position === undefined ? path : `${path}:${position.line}:${position.column}`;
  return `${place}: ${key === '' ? '' : `${key}: `}${message}`;
}

async function readLayer(path: string, mode: 'overlay' | 'replace'): Promise<PriceLayer> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandError(`price file ${path} cannot be read`, {
      hint: 'check the path; it is taken from the folder in which the command runs',
      exitCode: 2,
      cause: error,
    });
  }
  const parsed = parsePriceFile(text, { name: basename(path), mode });
  if (parsed.ok) return parsed.layer;
  const problems = parsed.problems.map((problem) => describeProblem(path, problem));
  throw new CommandError(problems.join('\n'), { exitCode: 2 });
}

/** The bundled price book under the price files named by `--prices` or TOKENMETER_PRICES, first file first. */
export async function loadPriceBook(
  choice: PriceFileChoice,
  io: Pick<Io, 'cwd' | 'env'>,
): Promise<PriceBook> {
  const fromEnv = (io.env[ENV.prices.name] ?? '').split(',').filter((path) => path.trim() !== '');
  const paths = choice.prices ?? fromEnv;
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
        resolve(io.cwd, path.trim()),
        choice.replace === true && index === paths.length - 1 ? 'replace' : 'overlay',
      ),
    ),
  );
  return withLayers(bundledPriceBook(), layers);
}
