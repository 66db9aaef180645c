import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BOARDS,
  createNaming,
  queriesOf,
  recordingRules,
  renderPrometheusRules,
} from '@tokenmeter/dashboards';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findComponent } from '../support/components.ts';
import { type Truth, writeDay } from './day.ts';
import { backfillRules, type RunningPrometheus, runPrometheus } from './run-prometheus.ts';

const prometheus = findComponent('prometheus');
const promtool = findComponent('promtool');
const isThere = prometheus.isThere && promtool.isThere;

const MIDNIGHT = Math.floor(Date.now() / 86_400_000) * 86_400 - 3 * 86_400;
const END = MIDNIGHT + 25 * 3600;
const naming = createNaming('underscores');

describe.skipIf(!isThere)(
  'boards on a real Prometheus with a day of births, restarts, replicas and gaps',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-boards-'));
    const data = join(folder, 'data');
    let truth: Truth;
    let store: RunningPrometheus;

    /** The rules of a group need those of the groups before it in the store. */
    async function fill(): Promise<RunningPrometheus> {
      if (!prometheus.isThere || !promtool.isThere) throw new Error('no Prometheus');
      const day = join(folder, 'day.om');
      truth = writeDay(day, MIDNIGHT);
      execFileSync(promtool.path, [
        'tsdb',
        'create-blocks-from',
        'openmetrics',
        '--max-block-duration=168h',
        '-q',
        day,
        data,
      ]);
      let running = await runPrometheus(prometheus.path, data);
      for (const group of recordingRules(naming)) {
        const rules = join(folder, `${group.name}.yaml`);
        writeFileSync(rules, renderPrometheusRules([group], ''));
        const range = { from: MIDNIGHT - 3600, to: END };
        backfillRules(promtool.path, { url: running.url, rules, outputFolder: data, ...range });
        await running.stop();
        running = await runPrometheus(prometheus.path, data);
      }
      return running;
    }

    beforeAll(async () => {
      store = await fill();
    }, 240_000);
    afterAll(async () => {
      await store?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test('the recorded money of the day is what was spent, by feature', async () => {
      const found = await store.query(
        'sum by (tokenmeter_feature) (sum_over_time(tokenmeter:cost_usd:delta1m[26h]))',
        END,
      );
      const spent = new Map(found.map(({ metric, value }) => [metric.tokenmeter_feature, value]));
      for (const [feature, usd] of truth) {
        expect(
          Math.abs((spent.get(feature) ?? 0) / usd - 1),
          `${feature}: ${spent.get(feature)} of ${usd}`,
        ).toBeLessThan(0.001);
      }
    });

    test('hours hold the same money as minutes', async () => {
      const [minutes] = await store.query(
        'sum(sum_over_time(tokenmeter:cost_usd:delta1m[24h]))',
        END - 1800,
      );
      const [hours] = await store.query(
        'sum(sum_over_time(tokenmeter:cost_usd:delta1h[25h]))',
        END,
      );
      expect(hours?.value).toBeCloseTo(minutes?.value ?? 0, 6);
    });
  },
);
