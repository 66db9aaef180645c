import type { Contributor } from '@tokenmeter/anomaly';
import type { UserQuery } from '@tokenmeter/worker';

const WEEK_MS = 7 * 86_400_000;

/** Labels of findings with their columns in `llm_telemetry`. */
const COLUMNS = [
  ['service', 'service'],
  ['environment', 'environment'],
  ['feature', 'feature'],
  ['team', 'team'],
  ['provider', 'provider'],
  ['model', 'model'],
  ['promptVersion', 'prompt_version'],
] as const satisfies readonly (readonly [keyof UserQuery['labels'], string])[];

/** How times and texts are written into a statement: as parameters or as literals. */
export interface SqlWriter {
  readonly time: (epochMs: number) => string;
  readonly text: (value: string) => string;
}

/**
 * SQL for users by their share in what calls cost more than a week before. Its rows are: user, share by calls, share by USD,
 * number of users.
 */
export function renderUserContributorsSql(
  { labels, fromEpochMs, toEpochMs }: Pick<UserQuery, 'labels' | 'fromEpochMs' | 'toEpochMs'>,
  { time, text }: SqlWriter,
): string {
  const beforeFrom = time(fromEpochMs - WEEK_MS);
  const beforeTo = time(Math.min(toEpochMs - WEEK_MS, fromEpochMs));
  const from = time(fromEpochMs);
  const to = time(toEpochMs);
  const conditions = COLUMNS.flatMap(([name, column]) => {
    const value = labels[name];
    return value === undefined ? [] : [`AND ${column} = ${text(value)}`];
  }).join(' ');
  return `WITH by_user AS (
      SELECT user_id,
        sum(CASE WHEN is_late THEN 1 ELSE -1 END)::DOUBLE AS calls,
        sum(CASE WHEN is_late THEN cost_usd ELSE -cost_usd END)::DOUBLE AS usd
      FROM (SELECT user_id, coalesce(cost_usd, 0) AS cost_usd, "timestamp" >= ${from} AS is_late
        FROM llm_telemetry WHERE user_id IS NOT NULL ${conditions}
        AND (("timestamp" >= ${beforeFrom} AND "timestamp" < ${beforeTo}) OR ("timestamp" >= ${from} AND "timestamp" < ${to})))
      GROUP BY user_id)
    SELECT user_id, calls / sum(greatest(calls, 0)) OVER (), usd / sum(greatest(usd, 0)) OVER (), count(*) OVER ()::DOUBLE
    FROM by_user ORDER BY usd DESC, calls DESC, user_id LIMIT 10`;
}

/** Users by their share, by calls where nothing costs more. Fewer than two users say nothing. */
export function readUserContributorRows(rows: readonly (readonly unknown[])[]): Contributor[] {
  if (!(Number(rows[0]?.[3]) >= 2)) return [];
  return rows
    .map(([user, byCalls, byUsd]) => {
      const share = Number.isFinite(Number(byUsd ?? Number.NaN)) ? Number(byUsd) : Number(byCalls);
      return { dimension: 'user' as const, name: String(user), share };
    })
    .filter(({ share }) => share > 0 && share <= 1);
}
