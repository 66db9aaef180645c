// `npm run bench -- detection`: how well the shipped rules tell incidents from usual traffic, beside the rules of others.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { jobsOf } from './detection/jobs.mjs';
import { renderPage } from './detection/page.mjs';
import { speed } from './detection/speed.mjs';
import { summaryOf } from './detection/summary.mjs';

const root = join(import.meta.dirname, '..', '..');
const SERIES = Number(process.env.TOKENMETER_DETECTION_SERIES ?? 40);
/** Fewer series are for a quick look, not for the page. */
const PAGE_SERIES = 4;

/** Runs all jobs on all processors. Results are in the order of jobs: intervals are drawn from them by number. */
async function runAll(jobs, progress) {
  const results = [];
  let next = 0;
  let done = 0;
  const thread = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./detection/thread.mjs', import.meta.url));
      let own = 0;
      const send = () => {
        if (next >= jobs.length) {
          worker.terminate().then(resolve, reject);
          return;
        }
        own = next;
        next += 1;
        worker.postMessage(jobs[own]);
      };
      worker.on('message', (result) => {
        results[own] = result;
        done += 1;
        progress(`${done} of ${jobs.length} series`);
        send();
      });
      worker.on('error', reject);
      send();
    });
  await Promise.all(Array.from({ length: availableParallelism() }, thread));
  return results;
}

/** The evaluation. Writes docs/detection.md unless the sample is smaller than usual. */
export async function detection(progress = () => {}) {
  const jobs = jobsOf(SERIES);
  const started = performance.now();
  const results = await runAll(jobs, progress);
  const summary = summaryOf(results, SERIES);
  progress('speed');
  const speeds = await speed();
  const seconds = Math.round((performance.now() - started) / 1000);
  mkdirSync(join(root, 'test', 'output'), { recursive: true });
  const json = JSON.stringify({ series: SERIES, seconds, summary, speeds }, undefined, 2);
  writeFileSync(join(root, 'test', 'output', 'detection.json'), `${json}\n`);
  if (SERIES >= PAGE_SERIES) {
    writeFileSync(
      join(root, 'docs', 'detection.md'),
      renderPage(summary, { speeds, series: SERIES }),
    );
  }
  return [...summary.rows, ...speeds];
}
