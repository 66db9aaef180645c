import type { Gap } from '@tokenmeter/anomaly';
import type { RowProblems } from './row-problems.ts';
import type { UsageTable } from './usage-table.ts';

const DAY_MS = 86_400_000;
/** Rows this far from all others are an error of a clock, not history. */
const ISOLATED_MS = 28 * DAY_MS;
/** A file that lies beyond the present with more than this was made so; with less, a clock was wrong. */
const FUTURE_SHARE = 0.01;
const FEW_ROWS = 20;

/**
 * The usable rows of a table in the order of time.
 *
 * Left out, with line and reason: rows in the future (unless much of the file lies there), rows more than four weeks away
 * from the bulk of the file, rows in declared gaps, and further rows of the same series and time. Unordered rows are put
 * in order.
 */
export function orderRows(
  table: UsageTable,
  options: {
    readonly nowEpochMs: number;
    readonly problems: RowProblems;
    /** Stretches for which the file knows nothing, in the order of time: what it says of them nevertheless does not count. */
    readonly gaps?: readonly Gap[];
  },
): Uint32Array {
  const { problems, gaps = [] } = options;
  const rows = Uint32Array.from({ length: table.length }, (_, index) => index);
  const unordered = countUnordered(table);
  if (unordered > 0) {
    rows.sort((a, b) => table.epochMs(a) - table.epochMs(b) || a - b);
    if (!isGroupedBySeries(table, unordered)) {
      problems.remark(`${unordered} rows are earlier than the row before them; put in order`);
    }
  }
  const present = dropFuture(table, rows, options);
  const known = dropGaps(table, dropIsolated(table, present, problems), { gaps, problems });
  return dropRepeated(table, known, problems);
}

function dropGaps(
  table: UsageTable,
  rows: Uint32Array,
  { gaps, problems }: { readonly gaps: readonly Gap[]; readonly problems: RowProblems },
): Uint32Array {
  if (gaps.length === 0) return rows;
  let next = 0;
  const known = rows.filter((row) => {
    const at = table.epochMs(row);
    while ((gaps[next]?.toEpochMs ?? Number.POSITIVE_INFINITY) <= at) next += 1;
    return at < (gaps[next]?.fromEpochMs ?? Number.POSITIVE_INFINITY);
  });
  const count = rows.length - known.length;
  if (count > 0)
    problems.remark(`${count} ${count === 1 ? 'row lies' : 'rows lie'} in declared gaps; left out`);
  return known;
}

function countUnordered(table: UsageTable): number {
  let count = 0;
  for (let row = 1; row < table.length; row += 1) {
    if (table.epochMs(row) < table.epochMs(row - 1)) count += 1;
  }
  return count;
}

/** One series after the other is a usual form of such files. */
function isGroupedBySeries(table: UsageTable, unordered: number): boolean {
  return unordered < table.series.length;
}

function dropFuture(
  table: UsageTable,
  rows: Uint32Array,
  options: { readonly nowEpochMs: number; readonly problems: RowProblems },
): Uint32Array {
  let first = rows.length;
  while (first > 0 && table.epochMs(rows[first - 1] ?? 0) > options.nowEpochMs) first -= 1;
  const count = rows.length - first;
  if (count === 0) return rows;
  const isFew = count <= Math.max(FEW_ROWS, FUTURE_SHARE * rows.length) && 2 * count <= rows.length;
  if (!isFew) {
    options.problems.remark(`${count} rows lie in the future of this machine’s clock; used`);
    return rows;
  }
  for (const row of rows.subarray(first)) {
    options.problems.add(table.line(row), `time is in the future: ${timeOf(table, row)}`);
  }
  return rows.subarray(0, first);
}

function dropIsolated(table: UsageTable, rows: Uint32Array, problems: RowProblems): Uint32Array {
  const runs: { readonly from: number; to: number }[] = [];
  let last = Number.NEGATIVE_INFINITY;
  rows.forEach((row, index) => {
    const at = table.epochMs(row);
    const run = runs.at(-1);
    if (run === undefined || at - last > ISOLATED_MS) runs.push({ from: index, to: index + 1 });
    else run.to = index + 1;
    last = at;
  });
  if (runs.length <= 1) return rows;
  const [bulk] = [...runs].sort((a, b) => b.to - b.from - (a.to - a.from));
  for (const run of runs) {
    if (run === bulk) continue;
    for (const row of rows.subarray(run.from, run.to)) {
      problems.add(
        table.line(row),
        `time is more than four weeks away from most rows: ${timeOf(table, row)}`,
      );
    }
  }
  return rows.subarray(bulk?.from, bulk?.to);
}

function dropRepeated(table: UsageTable, rows: Uint32Array, problems: RowProblems): Uint32Array {
  const lastRow = new Map<number, number>();
  return rows.filter((row) => {
    const series = table.seriesOf(row);
    const before = lastRow.get(series);
    if (before !== undefined && table.epochMs(before) === table.epochMs(row)) {
      problems.add(
        table.line(row),
        `same series and time as line ${table.line(before)}, which counts`,
      );
      return false;
    }
    lastRow.set(series, row);
    return true;
  });
}

function timeOf(table: UsageTable, row: number): string {
  return new Date(table.epochMs(row)).toISOString();
}
