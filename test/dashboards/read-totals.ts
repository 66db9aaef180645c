import { createPromqlSource } from '../../packages/worker/src/sources/promql-source.ts';
import { runTokenmeter, startUp } from '../e2e/run-process.ts';
import { queryEngine } from '../support/query-engine.ts';
import { dayExports } from './day-exports.ts';
import { END, MIDNIGHT } from './fill-store.ts';

/** The total that the boards show: a day and the minute at which it begins. */
export async function boardUsd(url: string): Promise<number> {
  const expr = 'sum(sum_over_time(tokenmeter:cost_usd:delta1m[1501m]))';
  return (await queryEngine(url, expr, END))[0]?.value ?? 0;
}

/** The ledger's total of a day that reached it over OTLP. */
export async function ledgerUsd(folder: string): Promise<number> {
  await using up = await startUp(folder);
  for (const body of dayExports(MIDNIGHT)) {
    const answer = await fetch(`${up.url}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    await answer.body?.cancel();
  }
  const sql = 'SELECT sum(cost_pico_usd)::DOUBLE / 1e12 AS usd FROM usage_1m';
  const { stdout } = await runTokenmeter(['sql', sql, '--json', '--data', folder]);
  return Number(JSON.parse(stdout.trim()).usd);
}

/** The total of the minutes that the worker reads out of the same Prometheus. */
export async function workerUsd(url: string): Promise<number> {
  using source = createPromqlSource({ name: 'store', url, clock: () => (END + 600) * 1000 });
  const range = { fromEpochMs: MIDNIGHT * 1000, toEpochMs: END * 1000 };
  let usd = 0;
  for (let from = range.fromEpochMs - 60_000; from < range.toEpochMs; ) {
    const signal = new AbortController().signal;
    const toEpochMs = Math.min(range.toEpochMs, from + 3_600_000);
    const read = await source.read({ fromEpochMs: from, toEpochMs, signal });
    if (!read.ok) throw new Error(read.reason);
    for (const { costUsd } of read.minutes) usd += costUsd;
    from = toEpochMs;
  }
  return usd;
}
