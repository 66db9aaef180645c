import type { Contributor } from '@tokenmeter/anomaly';
import type { UserQuery } from '@tokenmeter/worker';
import { timeParameter } from './read-overview.ts';
import type { SerialReader } from './serial-reader.ts';

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

/**
 * Users by their share in what calls cost more than a week before; by calls where nothing costs more. Fewer than two users
 * say nothing.
 */
export async function readUserContributors(
  reader: SerialReader,
  { labels, fromEpochMs, toEpochMs }: UserQuery,
): Promise<readonly Contributor[]> {
  const meant = COLUMNS.flatMap(([name, column]) => {
    const value = labels[name];
    return value === undefined ? [] : [{ column, value }];
  });
  const conditions = meant.map(({ column }, index) => `AND ${column} = $${index + 5}`).join(' ');
  const rows = await reader.rows(
    `WITH by_user AS (
      SELECT user_id,
        sum(CASE WHEN is_late THEN 1 ELSE -1 END)::DOUBLE AS calls,
        sum(CASE WHEN is_late THEN cost_usd ELSE -cost_usd END)::DOUBLE AS usd
      FROM (SELECT user_id, coalesce(cost_usd, 0) AS cost_usd, "timestamp" >= $3 AS is_late
        FROM llm_telemetry WHERE user_id IS NOT NULL ${conditions}
        AND (("timestamp" >= $1 AND "timestamp" < $2) OR ("timestamp" >= $3 AND "timestamp" < $4)))
      GROUP BY user_id)
    SELECT user_id, calls / sum(greatest(calls, 0)) OVER (), usd / sum(greatest(usd, 0)) OVER (), count(*) OVER ()::DOUBLE
    FROM by_user ORDER BY usd DESC, calls DESC, user_id LIMIT 10`,
    [
      timeParameter(fromEpochMs - WEEK_MS),
      timeParameter(Math.min(toEpochMs - WEEK_MS, fromEpochMs)),
      timeParameter(fromEpochMs),
      timeParameter(toEpochMs),
      ...meant.map(({ value }) => value),
    ],
  );
  if (!(Number(rows[0]?.[3]) >= 2)) return [];
  return rows
    .map(([user, byCalls, byUsd]) => {
      const share = Number.isFinite(Number(byUsd ?? Number.NaN)) ? Number(byUsd) : Number(byCalls);
      return { dimension: 'user' as const, name: String(user), share };
    })
    .filter(({ share }) => share > 0 && share <= 1);
}
