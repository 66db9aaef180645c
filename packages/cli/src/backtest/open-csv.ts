import { basename, resolve } from 'node:path';
import { CommandError, type Io } from '../io.ts';
import { bucketOf, createCsvFeed, isInputTotal } from './csv-feed.ts';
import { orderRows } from './order-rows.ts';
import { parseStep } from './parse-step.ts';
import { readGaps } from './read-gaps.ts';
import { readUsageCsv, type UsageCsv, UsageCsvError } from './read-usage-csv.ts';
import type { ReplaySource } from './replay-source.ts';
import type { RowProblems } from './row-problems.ts';

/** What a CSV file is read with. */
export interface CsvOptions {
  readonly csv: string;
  readonly gaps?: string;
  /** `total`, `uncached`, or as the file shows. */
  readonly inputTokens?: string;
}

const HOUR_MS = 3_600_000;
const FEW_ROWS = 12;
const FINE_MS = 300_000;

/**
 * Opens a CSV file for a replay and tells on standard error which rows were left out and why.
 *
 * Without a step it is judged every minute. Rows that all lie more than an hour apart are buckets of a step, where one is
 * given. Throws a `CommandError` when nothing of it can be used.
 */
export async function openCsv(
  options: CsvOptions,
  givenStepMs: number | undefined,
  io: Io,
): Promise<ReplaySource> {
  const stepMs = givenStepMs ?? parseStep(undefined);
  const isTotal = parseInputTokens(options.inputTokens);
  const gaps = options.gaps === undefined ? [] : await readGaps(resolve(io.cwd, options.gaps));
  const { table, problems } = await readFile(options.csv, io);
  const rows = orderRows(table, { nowEpochMs: Date.now(), problems, gaps });
  // Few rows may lie far apart by chance.
  const apartMs = rows.length < FEW_ROWS ? Math.min(stepMs, FINE_MS) : bucketOf(table, rows);
  const isSparse = apartMs > HOUR_MS && givenStepMs !== undefined;
  const bucketMs = isSparse ? stepMs : apartMs;
  // An evaluation in the middle of a bucket would know of calls that are still to come.
  const fittingMs = bucketMs * Math.ceil(stepMs / bucketMs);
  const remarks = [...problems.remarks];
  if (isSparse) {
    const apart = `its rows lie ${hoursOf(apartMs)} h or more apart`;
    remarks.push(`${apart}: each is taken for a bucket of ${stepMs / 60_000} min, as --step says`);
  } else if (fittingMs !== stepMs && bucketMs <= HOUR_MS) {
    const often = fittingMs === bucketMs ? 'that often' : `every ${fittingMs / 60_000} min`;
    remarks.push(`its buckets are ${bucketMs / 60_000} min, so it is judged ${often}`);
  }
  sayProblems(options.csv, problems, remarks, io);
  const isBare = table.length === 0 && problems.count === 0;
  refuseUnusable(options.csv, { rows: rows.length, isBare, bucketMs });
  const left = problems.count > 0 ? [`${countOf(problems.count)} of the file left out`] : [];
  return {
    feed: createCsvFeed(table, rows, {
      gaps,
      stepMs: fittingMs,
      bucketMs,
      isInputTotal: isTotal ?? isInputTotal(table),
    }),
    name: basename(options.csv),
    stepMs: fittingMs,
    remarks: [...remarks, ...left],
  };
}

/** Throws where no row is left, or where what happened within an hour cannot be seen. */
function refuseUnusable(
  path: string,
  {
    rows,
    isBare,
    bucketMs,
  }: { readonly rows: number; readonly isBare: boolean; readonly bucketMs: number },
): void {
  if (rows === 0) {
    throw new CommandError(`${path} has no usable row`, {
      hint: isBare
        ? 'after the header a line for each series and bucket is expected; tokenmeter backtest --help shows the columns'
        : 'the reasons are above; tokenmeter backtest --help shows the columns',
      exitCode: 2,
    });
  }
  if (bucketMs <= HOUR_MS) return;
  throw new CommandError(
    `${path} has buckets of ${hoursOf(bucketMs)} h, or only rows so far apart`,
    {
      hint: 'rules judge what happened within an hour: export buckets of at most an hour; where the rows are few and each is of some minutes, say so with --step 5m',
      exitCode: 2,
    },
  );
}

function hoursOf(ms: number): number {
  return Math.round((100 * ms) / HOUR_MS) / 100;
}

function countOf(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`;
}

function parseInputTokens(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === 'total' || text === 'uncached') return text === 'total';
  throw new CommandError(`--input-tokens must be total or uncached, got ${text}`, { exitCode: 2 });
}

async function readFile(path: string, io: Io): Promise<UsageCsv> {
  const onRows = (rows: number): void => {
    if (io.isErrorTerminal) io.stderr(`\r\u001b[K${rows} rows read`);
  };
  try {
    return await readUsageCsv(resolve(io.cwd, path), { signal: io.stop, onRows });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const hint =
      error instanceof UsageCsvError ? 'tokenmeter backtest --help shows the columns' : undefined;
    throw new CommandError(`cannot use ${path}: ${reason}`, {
      ...(hint !== undefined && { hint }),
      exitCode: 2,
      cause: error,
    });
  } finally {
    if (io.isErrorTerminal) io.stderr('\r\u001b[K');
  }
}

function sayProblems(
  path: string,
  problems: RowProblems,
  remarks: readonly string[],
  io: Io,
): void {
  for (const { line, column, reason } of problems.first) {
    const place = column === undefined ? `${line}` : `${line}:${column}`;
    io.stderr(`${path}:${place}: ${reason}\n`);
  }
  const more = problems.count - problems.first.length;
  if (more > 0) io.stderr(`${path}: and ${more} more\n`);
  if (problems.count > 0) io.stderr(`${path}: ${countOf(problems.count)} left out\n`);
  for (const remark of remarks) io.stderr(`${path}: ${remark}\n`);
}
