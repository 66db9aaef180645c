import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { type ParsedUsageRow, readHeader, UsageRowReader } from './parse-usage-row.ts';
import { RowProblems } from './row-problems.ts';
import { UsageTable } from './usage-table.ts';

/** Rows of a file, and what was wrong with the others. */
export interface UsageCsv {
  readonly table: UsageTable;
  readonly problems: RowProblems;
}

/** The file cannot be read as usage at all. */
export class UsageCsvError extends Error {
  override readonly name = 'UsageCsvError';
}

/**
 * Reads a CSV file of usage. Rows that cannot be used are left out, with their line and the reason.
 *
 * Throws `UsageCsvError` without a usable header, and what the file system throws.
 */
export async function readUsageCsv(
  path: string,
  options: { readonly signal: AbortSignal; readonly onRows?: (rows: number) => void },
): Promise<UsageCsv> {
  const table = new UsageTable();
  const problems = new RowProblems();
  const intake = new RowIntake(table, problems);
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: 1_000_000,
    on_record: (cells: string[], { lines }) => {
      intake.take(cells, lines);
      return null;
    },
    on_skip: (error) => {
      problems.add(Number(error?.lines ?? 0), `not CSV: ${error?.code ?? 'unreadable'}`);
    },
  });
  const ticker = setInterval(() => options.onRows?.(table.length), 200);
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), parser.resume(), {
      signal: options.signal,
      end: true,
    });
  } finally {
    clearInterval(ticker);
  }
  if (!intake.hasHeader) throw new UsageCsvError('the file is empty');
  return { table, problems };
}

class RowIntake {
  readonly #table: UsageTable;
  readonly #problems: RowProblems;
  #reader: UsageRowReader | undefined;

  constructor(table: UsageTable, problems: RowProblems) {
    this.#table = table;
    this.#problems = problems;
  }

  get hasHeader(): boolean {
    return this.#reader !== undefined;
  }

  take(cells: readonly string[], line: number): void {
    if (this.#reader === undefined) {
      const header = readHeader(cells);
      if (!header.ok) throw new UsageCsvError(header.problems.join('; '));
      this.#reader = new UsageRowReader(header.places);
      return;
    }
    this.#add(this.#reader.read(cells), line);
  }

  #add(row: ParsedUsageRow, line: number): void {
    if (!row.ok) {
      this.#problems.add(line, row.reason);
      return;
    }
    const { epochMs, numbers } = row;
    this.#table.add({ epochMs, series: this.#table.seriesNumber(row.names), line, numbers });
  }
}
