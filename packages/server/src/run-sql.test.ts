import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { runSql } from './run-sql.ts';

test('a connection that cannot begin leaves no timer, which would keep the process alive', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run('BEGIN');
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  await expect(runSql(connection, 'SELECT 1')).rejects.toThrow('within a transaction');
  expect(timers()).toBe(before);
  connection.closeSync();
  instance.closeSync();
});
