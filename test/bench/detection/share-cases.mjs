// Families `cost_per_request`, `cache_hit_rate` and `model_drift`.

import { alarmsOf, copyOf, createReplay, LABELS, rowOf, run } from './replay.mjs';
import { alarmsFrom, cacheNet, costNet, driftNet, figures } from './safety-net.mjs';
import { costSequence, hitSequence, recordedSequence } from './tokens.mjs';
import { BLOCKS_PER_WEEK, calls, createRandom, KINDS, rates } from './traffic.mjs';
import { HISTORY, startOf } from './volume-cases.mjs';

const WEEK = BLOCKS_PER_WEEK;
export const COST_RISES = [1.3, 1.6, 2.2];
const COST_BLOCKS = 72;

function countsOf({ kind, callsPerHour, seed }) {
  const rate = rates(KINDS[kind], { callsPerHour, weeks: 5, growth: 0, seed });
  return calls(rate, { seed: seed + 1 });
}

/** A row source over counts, with what each call adds made once, so that a copy sees the same. */
function rowsOf(counts, describe) {
  const rows = Array.from(counts, (count, block) => (count > 0 ? describe(count, block) : []));
  return (block) => rows[block] ?? [];
}

function scaleFrom(rows, { from, to, factor }) {
  return (block) => {
    const found = rows(block);
    if (block < from || block >= to) return found;
    return found.map((row) => ({
      ...row,
      costUsd: row.costUsd * factor,
      inputTokens: row.inputTokens * factor,
      outputTokens: row.outputTokens * factor,
    }));
  };
}

/** Cost per request: an undisturbed week, and each rise for 6 hours. `trace` is a recorded sequence, if there is one. */
export function costCase(spec) {
  const next = spec.trace
    ? recordedSequence(spec.trace, spec.seed + 3)
    : costSequence(spec.kind, spec.seed + 3);
  const rows = rowsOf(countsOf(spec), (count, block) => {
    let cost = 0;
    for (let call = 0; call < count; call += 1) cost += next();
    const tokens = { inputTokens: 1000 * cost, outputTokens: 250 * cost };
    return [rowOf(block, count, { costUsd: 0.01 * cost, ...tokens })];
  });
  const learned = createReplay();
  run(learned, rows, 0, HISTORY);
  const isOurs = ({ rule }) => rule === 'cost_per_request';
  const heard = run(copyOf(learned), rows, HISTORY, HISTORY + WEEK).filter(isOurs);
  const random = createRandom(spec.seed + 9);
  const found = COST_RISES.map((factor) => {
    const from = HISTORY + startOf(random);
    const changed = scaleFrom(rows, { from, to: from + COST_BLOCKS, factor });
    const { alarms } = alarmsOf(
      run(copyOf(learned), changed, HISTORY, from + COST_BLOCKS).filter(isOurs),
    );
    const first = alarms.find(({ block }) => block >= from)?.block;
    const other = costAlarms(changed, from + COST_BLOCKS).find((block) => block >= from);
    const delay = (block) => (block === undefined ? null : (block - from + 1) * 5);
    return { ours: delay(first), net: delay(other) };
  });
  return {
    alarms: alarmsOf(heard).alarms.length,
    found: found.map(({ ours }) => ours),
    net: {
      alarms: costAlarms(rows, HISTORY + WEEK).length,
      found: found.map(({ net }) => net),
    },
  };
}

function costAlarms(rows, to) {
  const calls = figures(rows, to, (row) => row.calls);
  const usd = figures(rows, to, (row) => row.costUsd);
  return alarmsFrom(costNet({ calls, usd }), HISTORY, to);
}

export const CACHE_RATES = [0.35, 0];
const CACHE_RATE = 0.7;

/** Cache hits: an undisturbed week, and falls of the rate; delays are in calls. */
export function cacheCase(spec) {
  const counts = countsOf(spec);
  const hit = hitSequence({ correlation: spec.correlation, seed: spec.seed + 3 });
  const source = (rateAt) =>
    rowsOf(counts, (count, block) => {
      let hits = 0;
      for (let call = 0; call < count; call += 1) {
        if (hit(rateAt(block), Math.floor(block / 12))) hits += 1;
      }
      const cached = { inputTokens: 1000 * count - 900 * hits, cacheReadTokens: 900 * hits };
      return [rowOf(block, count, cached)];
    });
  const usual = source(() => CACHE_RATE);
  const learned = createReplay();
  run(learned, usual, 0, HISTORY);
  const isOurs = ({ rule }) => rule === 'cache_hit_rate';
  const heard = run(copyOf(learned), usual, HISTORY, HISTORY + WEEK).filter(isOurs);
  const random = createRandom(spec.seed + 9);
  const found = CACHE_RATES.map((rate) => {
    const from = HISTORY + startOf(random);
    const changed = source((block) => (block >= from ? rate : CACHE_RATE));
    const spliced = (block) => (block >= from ? changed(block) : usual(block));
    const { alarms } = alarmsOf(
      run(copyOf(learned), spliced, HISTORY, Math.min(from + 2 * 288, HISTORY + WEEK)).filter(
        isOurs,
      ),
    );
    const first = alarms.find(({ block }) => block >= from)?.block;
    const other = cacheAlarms(spliced, HISTORY + WEEK).find((block) => block >= from);
    return { ours: seenUntil(counts, from, first), net: seenUntil(counts, from, other) };
  });
  return {
    alarms: alarmsOf(heard).alarms.length,
    found: found.map(({ ours }) => ours),
    net: {
      alarms: cacheAlarms(usual, HISTORY + WEEK).length,
      found: found.map(({ net }) => net),
    },
  };
}

function cacheAlarms(rows, to) {
  const calls = figures(rows, to, (row) => row.calls);
  const hits = figures(rows, to, (row) => row.cacheReadTokens / 900);
  return alarmsFrom(cacheNet({ calls, hits }), HISTORY, to);
}

/** Calls from the start of a change until a block; null when that never came. */
function seenUntil(counts, from, block) {
  if (block === undefined) return null;
  return counts.slice(from, block + 1).reduce((sum, count) => sum + count, 0);
}

export const DRIFTS = [
  { name: 'fallback to a 5× model, 20 %', share: 0.2, model: 'gpt-5-pro', price: 5 },
  { name: 'fallback to a 5× model, 100 %', share: 1, model: 'gpt-5-pro', price: 5 },
  { name: 'a new cheap model, 1 %', share: 0.01, model: 'gpt-5-nano', price: 0.2 },
  { name: 'a dated alias, 50 %', share: 0.5, model: 'openai/gpt-5-mini-2026-08-07', price: 1 },
];

/** Model drift: how often it is told in the week from its start on, and after how many calls first. */
export function driftCase(spec) {
  const counts = countsOf(spec);
  const random = createRandom(spec.seed + 3);
  const usual = rowsOf(counts, (count, block) => [rowOf(block, count)]);
  const learned = createReplay();
  run(learned, usual, 0, HISTORY);
  const from = HISTORY + startOf(random);
  return DRIFTS.map((drift) => {
    const split = Array.from(counts, (count, block) =>
      block < from ? usual(block) : splitRow(count, block, drift, random),
    );
    const rows = (block) => split[block] ?? [];
    const heard = run(copyOf(learned), rows, HISTORY, HISTORY + WEEK);
    const { alarms } = alarmsOf(heard.filter(({ rule }) => rule === 'model_drift'));
    const net = driftAlarms(rows, drift.model);
    return {
      alarms: alarms.length,
      calls: seenUntil(counts, from, alarms[0]?.block),
      net: { alarms: net.length, calls: seenUntil(counts, from, net[0]) },
    };
  });
}

function driftAlarms(rows, model) {
  const to = HISTORY + WEEK;
  const calls = figures(rows, to, (row) => row.calls);
  const moved = figures(rows, to, (row) => (row.labels.model === model ? row.calls : 0));
  return alarmsFrom(driftNet({ calls, moved }), HISTORY, to);
}

function splitRow(count, block, { share, model, price }, random) {
  let moved = 0;
  for (let call = 0; call < count; call += 1) if (random() < share) moved += 1;
  const rows = [];
  if (count > moved) rows.push(rowOf(block, count - moved));
  if (moved > 0) {
    rows.push(rowOf(block, moved, { labels: { ...LABELS, model }, costUsd: moved * 0.01 * price }));
  }
  return rows;
}
