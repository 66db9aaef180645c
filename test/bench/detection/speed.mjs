// Cost of an evaluation: measured in a process of its own.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

async function run(script, ...options) {
  const path = new URL(script, import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...options]);
  return JSON.parse(stdout);
}

/** Rows of the benchmark's table. */
export async function speed() {
  const measured = await run('./scale.mjs');
  const worker = await run('./worker-scale.mjs');
  const start = await run('./worker-scale.mjs', '100000', '1', 'limited', '4');
  const name = `${measured.series.toLocaleString('en-US')} series`;
  return [
    row(
      `one evaluation of ${name}`,
      measured.evaluationSeconds,
      's',
      5,
      `processor time, median of 11; learning 5 minutes of rows is ${measured.learningSeconds.toFixed(2)} s of it, six rules the rest`,
    ),
    row(
      'the same at the end of an hour',
      measured.hourEndSeconds,
      's',
      undefined,
      'hours are closed, levels set, every 24th profile fitted',
    ),
    row(
      'the same when all series go wrong at once',
      measured.incidentSeconds,
      's',
      undefined,
      'the total and every service are compared series by series',
    ),
    row(
      `memory with ${name}`,
      measured.rssBytes / 1e9,
      'GB',
      1,
      `resident after an hour, the heap collected as \`tokenmeter worker\` does; ${megabytes(measured.heapBytes)} MB heap with garbage, ${megabytes(measured.externalBytes)} MB numbers; each series a feature of its own`,
    ),
    row(
      `memory of a whole worker with ${name}`,
      worker.peakRssBytes / 1e9,
      'GB',
      1,
      `largest of ${worker.minutes} evaluations a minute apart, with state file and snapshots; a row for every series and minute`,
    ),
    row(
      'memory while it learns the past',
      start.maxRssBytes / 1e9,
      'GB',
      1,
      `${start.pastHours} hours of it, by five minutes and the last by the minute, in ${Math.round(start.startSeconds)} s, with making up the rows`,
    ),
    row('score of a series', measured.scoreNs, 'ns', 100, 'one hour against its forecast'),
    row('refit of a profile', measured.refitMs, 'ms', 0.2, '28 days of hours'),
    row(
      'numbers of one series',
      measured.stateBytes / 1000,
      'kB',
      undefined,
      'with its last day, and its total, service and feature',
    ),
    row(
      'the same in a snapshot',
      measured.storedBytes / 1000,
      'kB',
      undefined,
      'compressed, alone; of many series about a quarter of it each',
    ),
  ];
}

function megabytes(bytes) {
  return Math.round(bytes / 1e6);
}

function row(name, value, unit, target, note) {
  return { name, value, unit, ...(target !== undefined && { target }), isLowerBetter: true, note };
}
