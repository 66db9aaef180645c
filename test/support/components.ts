import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** A real program that tests run against, or why it is not there. */
export type Component =
  | { readonly isThere: true; readonly path: string }
  | { readonly isThere: false; readonly why: string };

/** Component, and the name of the program or folder of it that is wanted. */
const PROGRAMS = {
  alertmanager: ['alertmanager', 'alertmanager'],
  amtool: ['alertmanager', 'amtool'],
  chdb: ['chdb', 'node_modules'],
  collector: ['collector', 'otelcol-tokenmeter'],
  'datadog-client': ['datadog-client', 'node_modules'],
  kafka: ['kafka', 'libs'],
  prometheus: ['prometheus', 'prometheus'],
  promtool: ['prometheus', 'promtool'],
  telemetrygen: ['telemetrygen', 'telemetrygen'],
  thanos: ['thanos', 'thanos'],
  victoriametrics: ['victoriametrics', 'victoria-metrics'],
} as const;

/**
 * The path of a real program out of the user's cache. `scripts/components.mjs` builds it there, before the tests in
 * `npm test`. On a person's machine a test that lacks it skips and says why; in CI that is an error.
 */
export function findComponent(name: keyof typeof PROGRAMS): Component {
  const [component, program] = PROGRAMS[name];
  const script = join(import.meta.dirname, '../../scripts/components.mjs');
  const isCi = process.env.CI === 'true';
  const answer = spawnSync(process.execPath, [script, component, ...(isCi ? [] : ['--no-build'])], {
    encoding: 'utf8',
  });
  const paths: unknown = JSON.parse(answer.stdout || '{}');
  const path: unknown = Reflect.get(Object(paths), program);
  if (typeof path === 'string') return { isThere: true, path };
  const why = answer.stderr.trim().split('\n').at(-1) ?? `${name} is not there`;
  if (isCi) throw new Error(`${name} is needed in CI: ${answer.stderr}`);
  process.stderr.write(`skipped: ${why}\n`);
  return { isThere: false, why };
}
