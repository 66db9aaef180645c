import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, longest first, as measured on two cores on 2026-11-22. Those that mostly wait are among those
 * that compute, so that the machine has something to do from the beginning to the end.
 */
export const LONGEST: readonly string[] = [
  'test/compat/compat.test.ts',
  'test/e2e/until-alerts.test.ts',
  'test/e2e/frameworks.test.ts',
  'test/collector/durability.test.ts',
  'test/collector/compositions.test.ts',
  'test/dashboards/live.test.ts',
  'packages/web/src/page.test.ts',
  'test/collector/exactness.test.ts',
  'test/e2e/beside.test.ts',
  'test/collector/dialects.test.ts',
  'test/dashboards/rules.test.ts',
  'test/sources/stores.test.ts',
  'test/collector/run.test.ts',
  'test/dashboards/dotted-names.test.ts',
  'test/faults/kill.test.ts',
  'test/e2e/backtest.test.ts',
  'test/collector/demo.test.ts',
  'packages/node/src/register.test.ts',
  'test/e2e/reprice.test.ts',
  'test/collector/real-backends.test.ts',
  'packages/web/src/other-pages.test.ts',
  'test/collector/privacy.test.ts',
  'test/e2e/mixed-calls.test.ts',
  'test/collector/ways-to-run.test.ts',
  'test/e2e/kill.test.ts',
  'test/e2e/prices-update.test.ts',
  'test/alerts/runbooks.test.ts',
  'test/collector/disk-full.test.ts',
  'test/collector/parity.test.ts',
  'test/e2e/sql.test.ts',
  'examples/demo/src/history.test.ts',
  'packages/worker/src/start-worker.test.ts',
  'test/dashboards/apply.test.ts',
  'test/collector/clickhouse.test.ts',
  'test/compat/run-cell.test.ts',
  'test/compat/edge.test.ts',
  'test/conformance/modes.test.ts',
  'packages/anomaly/src/yield-to-cause.test.ts',
  'packages/anomaly/src/learn-counts.test.ts',
];

/** Starts the files of `LONGEST` first and in that order; a long one that starts late is what everybody waits for. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}`));
      return index === -1 ? LONGEST.length : index;
    };
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}
