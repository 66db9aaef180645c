import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NamingStyle } from '@tokenmeter/dashboards';
import { METRIC_ATTRIBUTES } from '../../packages/semconv/src/index.ts';
import { type RunningEngine, startPrometheus } from '../support/start-prometheus.ts';
import { SIDECAR_LABELS } from '../support/start-thanos-sidecar.ts';
import { backfillRules } from './backfill-rules.ts';
import { type Truth, writeDay } from './day.ts';
import { writeWeeks } from './write-weeks.ts';

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

/** A real Prometheus with the weeks before, the day, and everything that the recording rules make of the day. */
export async function fillStore({
  prometheus,
  promtool,
  folder,
  style,
}: StoreStart): Promise<{ readonly store: RunningEngine; readonly truth: Truth }> {
  const restart = (): Promise<RunningEngine> =>
    startPrometheus({ binary: prometheus, folder, config: SIDECAR_LABELS });
  const day = join(folder, 'day.om');
  const weeks = join(folder, 'weeks.om');
  const truth = writeDay(day, MIDNIGHT);
  writeWeeks(weeks, MIDNIGHT);
  for (const file of [day, weeks]) {
    if (style === 'utf8') writeFileSync(file, dotted(readFileSync(file, 'utf8')));
    const create = ['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=168h', '-q'];
    execFileSync(promtool, [...create, file, join(folder, 'prometheus')]);
  }
  const range = { from: MIDNIGHT, to: END };
  const store = await backfillRules(await restart(), {
    ...{ promtool, folder, style, restart },
    ...range,
  });
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
      const [, name = '', labels = '', rest = ''] = /^([\w:]+)\{(.*)\} (.*)$/.exec(line) ?? [];
      if (name === '') return line;
      const quoted = labels.replaceAll(
        /(\w+)=/g,
        (_all, label: string) => `"${DOTTED.get(label) ?? label}"=`,
      );
      // What rules record has the same name everywhere.
      if (name.includes(':')) return `${name}{${quoted}} ${rest}`;
      const [, stem = name, suffix = ''] =
        /^(\w+?)(?:_USD|_seconds)?(?:_total)?(_bucket|_sum|_count)?$/.exec(name) ?? [];
      return `{"${DOTTED.get(stem) ?? stem}${suffix}",${quoted}} ${rest}`;
    })
    .join('\n');
}
