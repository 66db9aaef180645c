import { execFileSync } from 'node:child_process';
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createNaming,
  type NamingStyle,
  recordingRules,
  renderPrometheusRules,
} from '@tokenmeter/dashboards';
import type { RunningEngine } from '../support/start-prometheus.ts';

/** Budget of the recorded series, in USD a month. */
const BUDGET_USD = 500;

/** What is computed. Times are epoch seconds. */
export interface Backfill {
  readonly promtool: string;
  /** Of the Prometheus, whose data lie in the folder `prometheus` below it. */
  readonly folder: string;
  readonly style: NamingStyle;
  readonly from: number;
  readonly to: number;
  /** Starts the Prometheus anew. */
  readonly restart: () => Promise<RunningEngine>;
}

/** Computes our recording rules over the past of a running Prometheus, and gives it back with what they recorded. */
export async function backfillRules(
  running: RunningEngine,
  { promtool, folder, style, from, to, restart }: Backfill,
): Promise<RunningEngine> {
  let store = running;
  const groups = recordingRules(createNaming(style), { monthlyBudgetUsd: BUDGET_USD });
  // The rules of a group need those of the groups before it in the store.
  for (const group of groups) {
    // The second of the minute in which a group runs comes from its file's name, and promtool leaves out what falls
    // into the last second of each block, twelve minutes of a day: no name with a random folder in it.
    const rules = `${group.name}.yaml`;
    writeFileSync(join(folder, rules), renderPrometheusRules([group], ''));
    const made = join(folder, group.name);
    const range = [`--url=${store.url}`, `--start=${from}`, `--end=${to}`];
    const args = ['tsdb', 'create-blocks-from', 'rules', ...range, `--output-dir=${made}`, rules];
    execFileSync(promtool, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    await store[Symbol.asyncDispose]();
    // Moved while nobody reads the folder: a running Prometheus would begin to compact halves of them.
    for (const block of readdirSync(made)) {
      renameSync(join(made, block), join(folder, 'prometheus', block));
    }
    store = await restart();
  }
  return store;
}
