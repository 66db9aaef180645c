// Cost of an evaluation: measured in a process of its own.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Rows of the benchmark's table. */
export async function speed() {
  const script = new URL('./scale.mjs', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  const measured = JSON.parse(stdout);
  const name = `${measured.series.toLocaleString('en-US')} series`;
  return [
    row(
      `one evaluation of ${name}`,
      measured.evaluationSeconds,
      's',
      5,
      'processor time; learning 5 minutes of rows and six rules; median of 4',
    ),
    row(
      `memory with ${name}`,
      measured.rssBytes / 1e9,
      'GB',
      1,
      'resident, each series a feature of its own',
    ),
    row('score of a series', measured.scoreNs, 'ns', 100, 'one hour against its forecast'),
    row('refit of a profile', measured.refitMs, 'ms', 0.2, '28 days of hours'),
    row(
      'snapshot of one series',
      measured.snapshotBytes / 1000,
      'kB',
      undefined,
      'with its last day, and its total, service and feature',
    ),
  ];
}

function row(name, value, unit, target, note) {
  return { name, value, unit, ...(target !== undefined && { target }), isLowerBetter: true, note };
}
