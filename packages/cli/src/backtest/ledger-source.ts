import type { CoverageMinute, Gap } from '@tokenmeter/anomaly';
import {
  readUsageRow,
  readUserContributorRows,
  renderUsageSql,
  renderUserContributorsSql,
  type SqlResult,
} from '@tokenmeter/server';
import type { MetricSource } from '@tokenmeter/worker';

/** Runs one statement on a ledger. */
export type AskLedger = (sql: string) => Promise<SqlResult>;

const MINUTE_MS = 60_000;

/**
 * Reads the past of a ledger through read-only statements, whoever owns it, in buckets of some minutes. Times without a
 * receiver are gaps. `read` rejects with what asking throws.
 */
export function createPastLedger(ask: AskLedger, bucketMinutes: number): MetricSource {
  let gaps: Promise<readonly Gap[]> | undefined;
  return {
    name: 'ledger',
    isFinal: true,
    async readUserContributors(query) {
      const sql = renderUserContributorsSql(query, { time, text });
      return readUserContributorRows((await ask(sql)).rows);
    },
    async read({ fromEpochMs, toEpochMs }) {
      gaps ??= readGaps(ask);
      const range = { fromEpochMs, toEpochMs, bucketMinutes };
      const usage = await readRows(ask, range, renderUsageSql);
      const coverage = await readRows(ask, range, renderCoverageSql);
      return {
        ok: true,
        minutes: usage.map(readUsageRow),
        coverage: coverage.map(readCoverageRow),
        gaps: await gaps,
        watermarkEpochMs: toEpochMs,
      };
    },
  };
}

interface Range {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  readonly bucketMinutes: number;
}

interface SqlRange {
  readonly from: string;
  readonly to: string;
  readonly bucketMinutes: number;
}

/** An answer has a limit of rows: where it is met, less is asked for at once. */
async function readRows(
  ask: AskLedger,
  range: Range,
  renderSql: (range: SqlRange) => string,
): Promise<SqlResult['rows']> {
  const { fromEpochMs, toEpochMs, bucketMinutes } = range;
  const result = await ask(
    renderSql({ from: time(fromEpochMs), to: time(toEpochMs), bucketMinutes }),
  );
  if (!result.isTruncated) return result.rows;
  const bucketMs = bucketMinutes * MINUTE_MS;
  const half = Math.floor((toEpochMs - fromEpochMs) / 2 / bucketMs) * bucketMs;
  if (half < bucketMs) throw new Error('expected at most 10,000 series in a bucket');
  const middle = fromEpochMs + half;
  return [
    ...(await readRows(ask, { ...range, toEpochMs: middle }, renderSql)),
    ...(await readRows(ask, { ...range, fromEpochMs: middle }, renderSql)),
  ];
}

function renderCoverageSql({ from, to, bucketMinutes }: SqlRange): string {
  return `SELECT epoch_ms(time_bucket(INTERVAL ${bucketMinutes} MINUTE, minute))::DOUBLE, service,
    coalesce(environment, ''), sum(recognised_requests)::DOUBLE, sum(metered_requests)::DOUBLE
    FROM usage_1m WHERE minute >= ${from} AND minute < ${to} AND measure IN ('recognised', 'metered')
    GROUP BY 1, 2, 3 ORDER BY 1`;
}

function readCoverageRow(row: SqlResult['rows'][number]): CoverageMinute {
  const [minute, service, environment, recognised, metered] = row;
  return {
    minuteEpochMs: Number(minute ?? 0),
    service: String(service ?? ''),
    ...(typeof environment === 'string' && environment !== '' && { environment }),
    recognised: Number(recognised ?? 0),
    metered: Number(metered ?? 0),
  };
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function time(epochMs: number): string {
  return `make_timestamptz(${Math.round(epochMs) * 1000})`;
}

async function readGaps(ask: AskLedger): Promise<readonly Gap[]> {
  const result = await ask(
    'SELECT epoch_ms(seen)::DOUBLE, epoch_ms(lead(came) OVER (ORDER BY came))::DOUBLE FROM presence ORDER BY came',
  );
  return result.rows.flatMap(([seen, came]) =>
    typeof seen === 'number' && typeof came === 'number' && came > seen + MINUTE_MS
      ? [{ fromEpochMs: seen, toEpochMs: came }]
      : [],
  );
}

/** When the ledger's usage begins and ends; undefined without any. */
export async function readLedgerSpan(
  ask: AskLedger,
): Promise<{ readonly fromEpochMs: number; readonly toEpochMs: number } | undefined> {
  const result = await ask(
    'SELECT epoch_ms(min(minute))::DOUBLE, epoch_ms(max(minute))::DOUBLE FROM usage_1m',
  );
  const [from, to] = result.rows[0] ?? [];
  if (typeof from !== 'number' || typeof to !== 'number') return undefined;
  return { fromEpochMs: from, toEpochMs: to + MINUTE_MS };
}
