// Prints, as JSON, what one evaluation of many series costs. A process of its own, so that its memory is its own.

import { zstdCompressSync } from 'node:zlib';
import { fitProfile } from '../../../packages/anomaly/dist/fit-profile.js';
import { rescaledCode } from '../../../packages/anomaly/dist/hour-ring.js';
import {
  advance,
  createHistory,
  DEFAULT_RULES,
  evaluateRules,
  renderHistory,
} from '../../../packages/anomaly/dist/index.js';
import { logCodeOf, valueOfLogCode } from '../../../packages/anomaly/dist/log-code.js';
import { scoreCount } from '../../../packages/anomaly/dist/spread.js';
import { limitHeapGrowth } from '../../../packages/cli/dist/limit-heap-growth.js';
import {
  BLOCK_MS,
  createReplay,
  FIRST_BLOCK,
  LABELS,
  rowOf,
  run,
  utcHourOfWeek,
} from './replay.mjs';
import { calls, KINDS, rates } from './traffic.mjs';
import { HISTORY } from './volume-cases.mjs';

const SERIES = Number(process.argv[2] ?? 100_000);
const SERVICES = 100;

const ARRAYS = ['numbers', 'slots', 'blocks', 'day', 'spreads', 'hours', 'leftOut'];

// As `tokenmeter worker` does.
limitHeapGrowth();

/** Four weeks of one series, whose model then stands in for every other. */
function learnedModel() {
  const rate = rates(KINDS.chat, { callsPerHour: 200, weeks: 4, growth: 0, seed: 1 });
  const counts = calls(rate, { seed: 2 });
  const replay = createReplay({ rules: [] });
  run(replay, (block) => (counts[block] > 0 ? [rowOf(block, counts[block])] : []), 0, HISTORY);
  const model = [...replay.history.scopes.values()].at(-1).model;
  const parts = [...renderHistory(replay.history)];
  return {
    model,
    bytes: parts.reduce((sum, part) => sum + part.length, 0),
    storedBytes: parts.reduce((sum, part) => sum + zstdCompressSync(part).length, 0),
  };
}

/** Makes a scope look back on the learned weeks, with so many times the calls. */
function teach({ model: own }, times) {
  for (const name of ARRAYS) own[name].set(model[name]);
  for (let slot = 0; slot < own.slots.length; slot += 1) {
    own.slots[slot] = logCodeOf(valueOfLogCode(own.slots[slot]) * times);
  }
  for (const array of [own.blocks, own.day]) {
    for (let index = 0; index < array.length; index += 1) array[index] *= times;
  }
  for (let hour = 0; hour < own.hours.length; hour += 1) {
    own.hours[hour] = rescaledCode(own.hours[hour], times);
  }
  own.total *= times;
}

/** Series below a scope. */
function seriesBelow({ scope }) {
  if (scope.level === 'feature') return 1;
  return scope.level === 'total' ? SERIES : SERIES / SERVICES;
}

const { model, bytes, storedBytes } = learnedModel();
const labels = Array.from({ length: SERIES }, (_, index) => ({
  ...LABELS,
  service: `service-${index % SERVICES}`,
  feature: `feature-${index}`,
}));
const rowsAt = (block, count = 17) => labels.map((one) => rowOf(block, count, { labels: one }));
let history = createHistory();
const at = (block) => (FIRST_BLOCK + block) * BLOCK_MS;
history = advance(
  history,
  { minutes: rowsAt(HISTORY - 1), gaps: [], toEpochMs: at(HISTORY) },
  utcHourOfWeek,
);
for (const scope of history.scopes.values()) teach(scope, seriesBelow(scope));

let states = {};
/** Processor seconds of learning a block and judging every series. */
function evaluate(block, count) {
  const minutes = rowsAt(block, count);
  const started = process.cpuUsage();
  history = advance(history, { minutes, gaps: [], toEpochMs: at(block + 1) }, utcHourOfWeek);
  const learned = process.cpuUsage(started);
  const input = { history, epochMs: at(block + 1), hourOfWeek: utcHourOfWeek };
  const evaluation = evaluateRules(DEFAULT_RULES, states, input);
  states = evaluation.states;
  const both = process.cpuUsage(started);
  return {
    learning: (learned.user + learned.system) / 1e6,
    all: (both.user + both.system) / 1e6,
    findings: evaluation.findings.length,
  };
}

/** An hour of blocks, of which the last one closes the hour of every series. */
const hour = Array.from({ length: 12 }, (_, block) => evaluate(HISTORY + block));
const samples = hour.slice(0, -1).map(({ all }) => all);
const learning = hour.slice(0, -1).map(({ learning: own }) => own);
const { rss: rssBytes, heapUsed, external } = process.memoryUsage();
/** Every series at once at six times its calls, so that the total and all services are explained. */
const incident = evaluate(HISTORY + 12, 100);
samples.sort((a, b) => a - b);
learning.sort((a, b) => a - b);

function nanoseconds(count, work) {
  for (let round = 0; round < count / 10; round += 1) work(round);
  const started = process.cpuUsage();
  for (let round = 0; round < count; round += 1) work(round);
  return (process.cpuUsage(started).user * 1e3) / count;
}

const slotOf = (hour) => (hour + 72) % 168;
const slots = new Uint16Array(168);
let sum = 0;
const sample = { observed: 40, expected: 17, before: 0.1 };
const scoreNs = nanoseconds(1_000_000, (round) => {
  sample.observed = 20 + (round & 63);
  sum += scoreCount(model.spreads, 3, sample);
});
const refitNs = nanoseconds(2000, () => fitProfile(model, slotOf, 0.3, slots));
const result = {
  series: SERIES,
  evaluationSeconds: samples[samples.length >> 1],
  learningSeconds: learning[learning.length >> 1],
  hourEndSeconds: hour.at(-1).all,
  incidentSeconds: incident.all,
  incidentFindings: incident.findings,
  rssBytes,
  heapBytes: heapUsed,
  externalBytes: external,
  scoreNs,
  refitMs: refitNs / 1e6,
  stateBytes: bytes,
  storedBytes,
  isFinite: Number.isFinite(sum),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
