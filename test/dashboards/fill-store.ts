import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createNaming,
  type NamingStyle,
  recordingRules,
  renderPrometheusRules,
} from '@tokenmeter/dashboards';
import { METRIC_ATTRIBUTES } from '../../packages/semconv/src/index.ts';
import { type Truth, writeDay } from './day.ts';
import { backfillRules, type RunningStore, startOnBlocks } from './query-prometheus.ts';

/** What a store is made of. */
export interface StoreStart {
  readonly prometheus: string;
  readonly promtool: string;
  readonly folder: string;
  readonly style: NamingStyle;
}

/** Midnight of the day that is in the store, in epoch seconds: three days ago, within every retention. */
export const MIDNIGHT: number = Math.floor(Date.now() / 86_400_000) * 86_400 - 3 * 86_400;

/** An hour after its last sample. */
export const END: number = MIDNIGHT + 25 * 3600;

/** A real Prometheus with the day and everything that the recording rules make of it. */
export async function fillStore({
  prometheus,
  promtool,
  folder,
  style,
}: StoreStart): Promise<{ readonly store: RunningStore; readonly truth: Truth }> {
  const data = join(folder, 'data');
  const day = join(folder, 'day.om');
  const truth = writeDay(day, MIDNIGHT);
  if (style === 'utf8') writeFileSync(day, dotted(readFileSync(day, 'utf8')));
  const create = ['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=168h', '-q'];
  execFileSync(promtool, [...create, day, data]);
  let store = await startOnBlocks(prometheus, folder);
  // The rules of a group need those of the groups before it in the store.
  for (const group of recordingRules(createNaming(style))) {
    const rules = join(folder, `${group.name}.yaml`);
    writeFileSync(rules, renderPrometheusRules([group], ''));
    const range = { from: MIDNIGHT - 3600, to: END };
    const made = join(folder, group.name);
    backfillRules(promtool, { url: store.url, rules, outputFolder: made, ...range });
    await store[Symbol.asyncDispose]();
    // Moved while nobody reads the folder: a running Prometheus would begin to compact halves of them.
    for (const block of readdirSync(made)) renameSync(join(made, block), join(data, block));
    store = await startOnBlocks(prometheus, folder);
  }
  return { store, truth };
}

const RESOURCE = ['service.name', 'deployment.environment.name'];

/** The names with dots, by their spelling with underscores. */
const DOTTED: ReadonlyMap<string, string> = new Map(
  [
    ...RESOURCE,
    ...Object.entries(METRIC_ATTRIBUTES).flatMap(([name, levels]) => [
      name,
      ...Object.keys(levels),
    ]),
  ].map((name) => [name.replaceAll('.', '_'), name]),
);

/** The same text as a store with `NoTranslation` would have it. */
function dotted(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('# TYPE'))
    .map((line) => {
      const [, name = '', labels = '', rest = ''] = /^(\w+)\{(.*)\} (.*)$/.exec(line) ?? [];
      if (name === '') return line;
      const [, stem = name, suffix = ''] =
        /^(\w+?)(?:_USD|_seconds)?(?:_total)?(_bucket|_sum|_count)?$/.exec(name) ?? [];
      const quoted = labels.replaceAll(
        /(\w+)=/g,
        (_all, label: string) => `"${DOTTED.get(label) ?? label}"=`,
      );
      return `{"${DOTTED.get(stem) ?? stem}${suffix}",${quoted}} ${rest}`;
    })
    .join('\n');
}
