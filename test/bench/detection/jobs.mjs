// What is evaluated: one job is one series of one family.
import { calendarCase } from './calendar-cases.mjs';
import { cacheCase, costCase, driftCase } from './share-cases.mjs';
import { volumeCase } from './volume-cases.mjs';

export const RATES = [5, 30, 200, 2000];

const CASES = {
  volume: volumeCase,
  clustered: volumeCase,
  cost: costCase,
  cache: cacheCase,
  drift: driftCase,
  calendar: calendarCase,
};

/** All jobs, `count` series a cell of the volume family, fewer of the others. Seeds are fixed: a run can be repeated. */
export function jobsOf(count) {
  const jobs = [];
  const few = Math.ceil(count / 2);
  for (const kind of ['code', 'chat']) {
    for (const callsPerHour of RATES) {
      add(jobs, count, { family: 'volume', kind, callsPerHour });
      add(jobs, few, { family: 'clustered', traffic: 'clustered', kind, callsPerHour });
    }
    for (const callsPerHour of [5, 50, 200]) {
      add(jobs, few, { family: 'cost', kind, callsPerHour });
    }
    add(jobs, Math.ceil(count / 10), { family: 'cost', kind, callsPerHour: 2000 });
    for (const callsPerHour of [30, 200, 2000]) {
      add(jobs, Math.ceil(count / 5), { family: 'calendar', kind, callsPerHour });
    }
  }
  for (const correlation of [0, 0.05]) {
    add(jobs, 2 * count, { family: 'cache', kind: 'chat', callsPerHour: 7, correlation });
  }
  for (const callsPerHour of [7, 60]) {
    add(jobs, few, { family: 'drift', kind: 'chat', callsPerHour });
  }
  return jobs;
}

function add(jobs, count, cell) {
  const base = cell.callsPerHour * 31 + (cell.kind === 'code' ? 1_000_000 : 2_000_000);
  for (let index = 0; index < count; index += 1) jobs.push({ ...cell, seed: base + index * 7919 });
}

/** Runs one job. */
export function runJob(job) {
  return { job, result: CASES[job.family](job) };
}
