import type { DuckDBValue } from '@duckdb/node-api';
import type { Contributor } from '@tokenmeter/anomaly';
import type { UserQuery } from '@tokenmeter/worker';
import { timeParameter } from './read-overview.ts';
import type { SerialReader } from './serial-reader.ts';
import { readUserContributorRows, renderUserContributorsSql } from './user-contributors-sql.ts';

/**
 * Users by their share in what calls cost more than a week before; by calls where nothing costs more. Fewer than two users
 * say nothing.
 */
export async function readUserContributors(
  reader: SerialReader,
  query: UserQuery,
): Promise<readonly Contributor[]> {
  const values: DuckDBValue[] = [];
  const sql = renderUserContributorsSql(query, {
    time: (epochMs) => `$${values.push(timeParameter(epochMs))}`,
    text: (value) => `$${values.push(value)}`,
  });
  return readUserContributorRows(await reader.rows(sql, values));
}
