// Prints, as JSON, what one evaluation of many series costs. A process of its own, so that its memory is its own.

import { fitProfile } from '../../../packages/anomaly/dist/fit-profile.js';
import {
  advance,
  createHistory,
  DEFAULT_RULES,
  evaluateRules,
  renderHistory,
} from '../../../packages/anomaly/dist/index.js';
import { scoreCount } from '../../../packages/anomaly/dist/spread.js';
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

/** Four weeks of one series, whose model then stands in for every other. */
function learnedModel() {
  const rate = rates(KINDS.chat, { callsPerHour: 200, weeks: 4, growth: 0, seed: 1 });
  const counts = calls(rate, { seed: 2 });
  const replay = createReplay({ rules: [] });
  run(replay, (block) => (counts[block] > 0 ? [rowOf(block, counts[block])] : []), 0, HISTORY);
  const model = [...replay.history.scopes.values()].at(-1).model;
  return { model, bytes: renderHistory(replay.history).length };
}

function copyModel(from, to) {
  for (const [name, value] of Object.entries(from)) {
    if (ArrayBuffer.isView(value)) to[name].set(value);
    else to[name] = value;
  }
}

const { model, bytes } = learnedModel();
const labels = Array.from({ length: SERIES }, (_, index) => ({
  ...LABELS,
  service: `service-${index % SERVICES}`,
  feature: `feature-${index}`,
}));
const rowsAt = (block) => labels.map((one) => rowOf(block, 17, { labels: one }));
let history = createHistory();
const at = (block) => (FIRST_BLOCK + block) * BLOCK_MS;
history = advance(
  history,
  { minutes: rowsAt(HISTORY - 1), gaps: [], toEpochMs: at(HISTORY) },
  utcHourOfWeek,
);
for (const scope of history.scopes.values()) copyModel(model, scope.model);

let states = {};
const samples = [];
for (let block = HISTORY; block < HISTORY + 4; block += 1) {
  const minutes = rowsAt(block);
  const started = process.cpuUsage();
  history = advance(history, { minutes, gaps: [], toEpochMs: at(block + 1) }, utcHourOfWeek);
  const input = { history, epochMs: at(block + 1), hourOfWeek: utcHourOfWeek };
  states = evaluateRules(DEFAULT_RULES, states, input).states;
  const { user, system } = process.cpuUsage(started);
  samples.push((user + system) / 1e6);
}
samples.sort((a, b) => a - b);

function nanoseconds(count, work) {
  for (let round = 0; round < count / 10; round += 1) work(round);
  const started = process.cpuUsage();
  for (let round = 0; round < count; round += 1) work(round);
  return (process.cpuUsage(started).user * 1e3) / count;
}

const slotOf = (hour) => (hour + 72) % 168;
const slots = new Float32Array(168);
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
  rssBytes: process.memoryUsage.rss(),
  scoreNs,
  refitMs: refitNs / 1e6,
  snapshotBytes: bytes,
  isFinite: Number.isFinite(sum),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
