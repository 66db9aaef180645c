import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type PriceBook,
  renderLitellm,
  renderModelCatalog,
  renderOttlPriceFile,
} from '@tokenmeter/pricing';
import { CommandError, type Io } from '../io.ts';
import { describeLeftOut } from '../ottl-left-out.ts';
import { pricingFile } from '../price-archive.ts';
import { loadPriceBook, type PriceFileChoice } from '../price-book.ts';
import { readTime } from '../price-time.ts';

/** Options of `tokenmeter prices export`. */
export interface PricesExportOptions extends PriceFileChoice {
  readonly format: 'litellm' | 'model-catalog' | 'ottl';
  /** Undefined: standard output. */
  readonly out?: string;
  readonly at?: string;
  readonly json?: boolean;
}

/** Writes the prices in force in the form of another tool. */
export async function runPricesExport(options: PricesExportOptions, io: Io): Promise<void> {
  const epochMs = readTime('--at', options.at);
  const book = await loadPriceBook(options, io);
  const text =
    options.format === 'ottl'
      ? renderOttl(book, options, io)
      : render[options.format](book, epochMs);
  if (options.out === undefined) {
    io.stdout(text);
    return;
  }
  const path = resolve(io.cwd, options.out);
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new CommandError(`${options.out} cannot be written`, {
      hint: 'check that its folder exists and may be written',
      cause: error,
    });
  }
  const written = { file: path, format: options.format, book: book.version };
  io.stdout(
    options.json === true
      ? `${JSON.stringify(written)}\n`
      : `${options.out} · ${options.format} · price book ${book.version}\n`,
  );
}

const render = { litellm: renderLitellm, 'model-catalog': renderModelCatalog } as const;

/** Without a time the whole history is written, as the Collector prices each call at its own start. */
function renderOttl(book: PriceBook, { at }: PricesExportOptions, io: Io): string {
  const { text, leftOut } = renderOttlPriceFile(
    book,
    at === undefined ? {} : { epochMs: readTime('--at', at) },
  );
  for (const each of leftOut) io.stderr(`${describeLeftOut(each)}\n`);
  return text;
}

/** Prints the JSON Schema of price files of our own form. */
export async function runPricesSchema(io: Io): Promise<void> {
  io.stdout(await readFile(pricingFile('schema/price-file.schema.json'), 'utf8'));
}
