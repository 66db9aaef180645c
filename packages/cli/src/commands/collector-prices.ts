import { resolve } from 'node:path';
import { writeCollectorData } from '../collector-data.ts';
import type { Io } from '../io.ts';
import type { PriceFileChoice } from '../price-book.ts';

/** Options of `tokenmeter collector prices`. */
export interface CollectorPricesOptions extends PriceFileChoice {
  readonly out: string;
  readonly json?: boolean;
}

/** Renders the prices in force, price files over bundled ones, as data files of the Collector. */
export async function runCollectorPrices(options: CollectorPricesOptions, io: Io): Promise<void> {
  const folder = resolve(io.cwd, options.out);
  const files = await writeCollectorData(options, folder, io);
  io.stdout(
    options.json === true
      ? `${JSON.stringify({ folder, files })}\n`
      : `${folder}\n${files.map((file) => `  ${file}\n`).join('')}`,
  );
}
