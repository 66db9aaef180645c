import { createReadStream } from 'node:fs';
import { type ParsedUsageRow, readHeader, UsageRowReader } from './parse-usage-row.ts';
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
 * Reads a CSV file of usage, a row a line. Rows that cannot be used are left out, with their place and the reason; a quote
 * that is not closed costs its own line only.
 *
 * Throws `UsageCsvError` without a usable header, and what the file system throws.
 */
export async function readUsageCsv(
  path: string,
  options: { readonly signal: AbortSignal; readonly onRows?: (rows: number) => void },
): Promise<UsageCsv> {
  const { signal } = options;
  const table = new UsageTable();
  const problems = new RowProblems();
  const intake = new RowIntake(table, problems);
  const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20, signal });
  let rest = '';
  for await (const chunk of stream) {
    rest = takeLines(intake, rest + String(chunk));
    if (rest.length > LONGEST_LINE) throw new UsageCsvError('a line is longer than 1,000,000');
    options.onRows?.(table.length);
  }
  intake.take(rest);
  if (!intake.hasHeader) throw new UsageCsvError('the file is empty');
  return { table, problems };
}

/** Takes all complete lines and returns what is left. */
function takeLines(intake: RowIntake, text: string): string {
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    intake.take(text.slice(start, end));
    start = end + 1;
  }
  return text.slice(start);
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
    const split = splitCsvLine(line);
    if (split.ok) this.#add(this.#reader.read(split.cells), line);
    else this.#problems.add(this.#line, split.reason, split.column);
  }

  #takeHeader(line: string): void {
    const text = line.replace(/^\uFEFF/, '');
    if (text.trim() === '') return;
    const split = splitCsvLine(text);
    if (!split.ok) throw new UsageCsvError(`line ${this.#line}: ${split.reason}`);
    const header = readHeader(split.cells);
    if (!header.ok) throw new UsageCsvError(header.problems.join('; '));
    this.#reader = new UsageRowReader(header.places);
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
