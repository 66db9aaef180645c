// Prints, as JSON, what a whole worker with many series costs: state file, snapshots and all. A process of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limitHeapGrowth } from '../../../packages/cli/dist/limit-heap-growth.js';
import { startWorker } from '../../../packages/worker/dist/index.js';
import { LABELS } from './replay.mjs';

const SERIES = Number(process.argv[2] ?? 100_000);
const MINUTES = Number(process.argv[3] ?? 20);
/** Hours of the past that are learned at first; the first minute without it. */
const PAST_HOURS = Number(process.argv[5] ?? 0);
const SERVICES = 100;
const MINUTE_MS = 60_000;

if (process.argv[4] !== 'unlimited') limitHeapGrowth();

const labels = Array.from({ length: SERIES }, (_, index) => ({
  ...LABELS,
  service: `service-${index % SERVICES}`,
  feature: `feature-${index}`,
}));

/** One call or more in every series and minute, or of these minutes the fifth. */
function* minutesOf(fromEpochMs, toEpochMs, isCoarse) {
  const every = isCoarse ? 5 * MINUTE_MS : MINUTE_MS;
  const first = Math.ceil(fromEpochMs / every) * every;
  for (let minuteEpochMs = first; minuteEpochMs < toEpochMs; minuteEpochMs += every) {
    for (const [index, one] of labels.entries()) {
      const calls = 1 + ((index + minuteEpochMs / MINUTE_MS) % 3);
      yield {
        minuteEpochMs,
        labels: one,
        calls,
        costUsd: calls * 0.01,
        inputTokens: calls * 1000,
        cacheReadTokens: 0,
        outputTokens: calls * 250,
        unpricedCalls: 0,
        cacheHits: 0,
        cacheMisses: 0,
        errors: 0,
        retries: 0,
      };
    }
  }
}

const start = Date.UTC(2026, 8, 7, 12, 1);
let now = start;
let source = 0;
const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-worker-scale-'));
let peak = 0;
try {
  await using worker = await startWorker({
    source: {
      name: 'synthetic',
      isFinal: true,
      read({ fromEpochMs, toEpochMs, isCoarse }) {
        const started = process.cpuUsage();
        const minutes = [...minutesOf(fromEpochMs, toEpochMs, isCoarse)];
        const { user, system } = process.cpuUsage(started);
        source += (user + system) / 1e6;
        return Promise.resolve({ ok: true, minutes, gaps: [], watermarkEpochMs: toEpochMs });
      },
    },
    notifiers: [],
    statePath: join(folder, 'worker.sqlite'),
    lookbackDays: Math.max(1e-6, PAST_HOURS / 24),
    evaluationSeconds: 3600,
    clock: () => now,
  });
  const began = performance.now();
  await worker.evaluateNow();
  const startSeconds = (performance.now() - began) / 1000;
  const seconds = [];
  for (let minute = 0; minute < MINUTES; minute += 1) {
    now += MINUTE_MS;
    source = 0;
    const started = process.cpuUsage();
    const report = await worker.evaluateNow();
    if (!report.ok) throw new Error(report.reason);
    const { user, system } = process.cpuUsage(started);
    seconds.push((user + system) / 1e6 - source);
    peak = Math.max(peak, process.memoryUsage().rss);
  }
  seconds.sort((a, b) => a - b);
  const { heapUsed, external } = process.memoryUsage();
  const result = {
    series: SERIES,
    minutes: MINUTES,
    pastHours: PAST_HOURS,
    startSeconds,
    evaluationSeconds: seconds[seconds.length >> 1],
    dearestSeconds: seconds.at(-1),
    peakRssBytes: peak,
    maxRssBytes: process.resourceUsage().maxRSS * 1024,
    heapBytes: heapUsed,
    externalBytes: external,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
