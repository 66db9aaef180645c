import { type ParsedUsageRow, readHeader, UsageRowReader } from './parse-usage-row.ts';
import { readText } from './read-text.ts';
import { RowProblems } from './row-problems.ts';
import { columnOfCell, splitCsvLine } from './split-csv-line.ts';
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

const LONGEST_LINE = 1_000_000;

/**
 * Reads a CSV file of usage, a row a line, packed with gzip or not. Rows that cannot be used are left out, with their place
 * and the reason; a quote that is not closed costs its own line only.
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
  const lines = new LineCutter(intake);
  for await (const chunk of readText(path, options.signal)) {
    lines.take(chunk);
    options.onRows?.(table.length);
  }
  lines.end();
  if (!intake.hasHeader) throw new UsageCsvError('the file is empty');
  return { table, problems };
}

/** Cuts text into lines. Of a line that is longer than any row its length is all that is kept. */
class LineCutter {
  readonly #intake: RowIntake;
  #rest = '';
  /** Characters of the present line that were thrown away. */
  #dropped = 0;

  constructor(intake: RowIntake) {
    this.#intake = intake;
  }

  take(chunk: string): void {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      this.#endLine(chunk.slice(start, end));
      start = end + 1;
    }
    this.#keep(chunk.slice(start));
  }

  end(): void {
    if (this.#rest !== '' || this.#dropped > 0) this.#endLine('');
  }

  #keep(text: string): void {
    const rest = this.#dropped > 0 ? text : this.#rest + text;
    if (this.#dropped + rest.length > LONGEST_LINE) {
      this.#dropped += rest.length;
      this.#rest = '';
    } else this.#rest = rest;
  }

  #endLine(text: string): void {
    this.#keep(text);
    if (this.#dropped > 0) this.#intake.refuse(this.#dropped);
    else this.#intake.take(this.#rest);
    this.#rest = '';
    this.#dropped = 0;
  }
}

class RowIntake {
  readonly #table: UsageTable;
  readonly #problems: RowProblems;
  #reader: UsageRowReader | undefined;
  #line = 0;

  constructor(table: UsageTable, problems: RowProblems) {
    this.#table = table;
    this.#problems = problems;
  }

  get hasHeader(): boolean {
    return this.#reader !== undefined;
  }

  take(text: string): void {
    this.#line += 1;
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (this.#reader === undefined) {
      this.#takeHeader(line);
      return;
    }
    if (line.trim() === '') return;
    // Names are told apart by it.
    const nul = line.indexOf('\0');
    if (nul >= 0) {
      this.#problems.add(this.#line, 'the line holds a NUL character', nul + 1);
      return;
    }
    const split = splitCsvLine(line);
    if (split.ok) this.#add(this.#reader.read(split.cells), line);
    else this.#problems.add(this.#line, split.reason, split.column);
  }

  /** A line that is longer than any row. */
  refuse(length: number): void {
    this.#line += 1;
    const reason = `the line is longer than 1,000,000 characters: ${length}`;
    if (this.#reader === undefined) throw new UsageCsvError(`line ${this.#line}: ${reason}`);
    this.#problems.add(this.#line, reason);
  }

  #takeHeader(line: string): void {
    const text = line.replace(/^\uFEFF/, '');
    if (text.trim() === '') return;
    const split = splitCsvLine(text);
    if (!split.ok) throw new UsageCsvError(`line ${this.#line}: ${split.reason}`);
    const header = readHeader(split.cells);
    if (!header.ok) throw new UsageCsvError(header.problems.join('; '));
    this.#reader = new UsageRowReader(header);
  }

  #add(row: ParsedUsageRow, text: string): void {
    const line = this.#line;
    if (!row.ok) {
      const column = row.cell === undefined ? undefined : columnOfCell(text, row.cell);
      this.#problems.add(line, row.reason, column);
      return;
    }
    const { epochMs, numbers } = row;
    this.#table.add({ epochMs, series: this.#table.seriesNumber(row.names), line, numbers });
  }
}
