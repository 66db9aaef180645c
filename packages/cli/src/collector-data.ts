import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CONFIG_FOLDER,
  type CollectorComposition,
  includedFiles,
  renderCollectorData,
} from '@tokenmeter/collector-config';
import type { Io } from './io.ts';
import { makeFolder } from './make-folder.ts';
import { describeLeftOut } from './ottl-left-out.ts';
import { loadPriceBook, type PriceFileChoice } from './price-book.ts';
import { priceFilePaths } from './price-file-paths.ts';

/** The folder of the configuration files, without a slash at its end. */
export function configFolder(): string {
  return fileURLToPath(CONFIG_FOLDER).replace(/[/\\]$/, '');
}

/** Writes price data for the Collector into a folder: that of the price files, over the bundled prices. */
export async function writeCollectorData(
  options: PriceFileChoice,
  folder: string,
  io: Io,
): Promise<readonly string[]> {
  const book = await loadPriceBook(options, io);
  const { files, leftOut } = renderCollectorData(book);
  for (const each of leftOut) io.stderr(`${describeLeftOut(each)}\n`);
  await makeFolder(folder);
  const names = files.map(({ path }) => basename(path));
  for (const { path, text } of files) await writeFile(join(folder, basename(path)), text);
  return names;
}

/**
 * The variables that name the data files of a composition. Those of price files are written into `folder`, those of the
 * bundled prices lie in the package. What the environment names already is left alone.
 */
export async function dataVariables(
  { merged }: CollectorComposition,
  options: PriceFileChoice & { readonly folder: string },
  io: Io,
): Promise<Readonly<Record<string, string>>> {
  const isOwn = options.replace === true || priceFilePaths(options, io.env).length > 0;
  const written = new Set(isOwn ? await writeCollectorData(options, options.folder, io) : []);
  const variables: Record<string, string> = {};
  for (const { variable, path } of includedFiles(merged)) {
    if (io.env[variable]) continue;
    const bundled = join(configFolder(), dirname(path));
    const name = basename(path);
    variables[variable] = join(written.has(name) ? options.folder : bundled, name);
  }
  return variables;
}
