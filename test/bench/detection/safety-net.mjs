// The alert rules of dashboards/ as Prometheus would evaluate them every 5 minutes, with their numbers, on the same calls.
import { DEFAULT_RULE_NUMBERS } from '../../../dashboards/dist/index.js';
import { BLOCKS_PER_HOUR, BLOCKS_PER_WEEK } from './traffic.mjs';

const HALF_HOUR = BLOCKS_PER_HOUR / 2;
const WEEKS = [1, 2, 3, 4];
/** Minimum evidence of the recorded ratios, in calls of an hour. */
const PRICED_CALLS = 20;
const CACHED_CALLS = 50;
const QUIET_BLOCKS = 3;

/** Sums of the last `window` blocks, for each block. */
function windowSums(values, window) {
  const out = new Float64Array(values.length);
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) {
    sum += values[at] - (at >= window ? values[at - window] : 0);
    out[at] = sum;
  }
  return out;
}

/** Means of the values that are there in the 7 days that ended an hour ago. */
function usualOf(values) {
  const sums = windowSums(
    values.map((value) => (Number.isNaN(value) ? 0 : value)),
    BLOCKS_PER_WEEK,
  );
  const counts = windowSums(
    values.map((value) => (Number.isNaN(value) ? 0 : 1)),
    BLOCKS_PER_WEEK,
  );
  return (at) => sums[at - BLOCKS_PER_HOUR] / counts[at - BLOCKS_PER_HOUR];
}

/** Holds at a block and at those before it that `for` covers. */
function lasting(blocks, isTrue) {
  return (at) => {
    for (let back = 0; back <= blocks; back += 1) if (!isTrue(at - back)) return false;
    return true;
  };
}

function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Calls of half an hour against the median of that half hour in four weeks, for 5 minutes. */
export function volumeNet(calls) {
  const { warningRatio, minimumExtraCalls } = DEFAULT_RULE_NUMBERS.volume;
  const recent = windowSums(calls, HALF_HOUR);
  return lasting(1, (at) => {
    const past = WEEKS.map((week) => recent[at - week * BLOCKS_PER_WEEK]).filter(
      (value) => value !== undefined,
    );
    const usual = median(past);
    return recent[at] > warningRatio * usual && recent[at] - usual > minimumExtraCalls;
  });
}

/** USD a call over an hour against the mean of seven days, for 10 minutes. */
export function costNet({ calls, usd }) {
  const { warningRatio } = DEFAULT_RULE_NUMBERS.costPerRequest;
  const count = windowSums(calls, BLOCKS_PER_HOUR);
  const each = windowSums(usd, BLOCKS_PER_HOUR).map((sum, at) =>
    count[at] >= PRICED_CALLS ? sum / count[at] : Number.NaN,
  );
  const usual = usualOf(each);
  return lasting(2, (at) => each[at] > warningRatio * usual(at));
}

/** Share of hits in an hour, of features whose usual share is not low, for 10 minutes. */
export function cacheNet({ calls, hits }) {
  const { warningBelow } = DEFAULT_RULE_NUMBERS.cacheHitRate;
  const count = windowSums(calls, BLOCKS_PER_HOUR);
  const share = windowSums(hits, BLOCKS_PER_HOUR).map((sum, at) =>
    count[at] >= CACHED_CALLS ? sum / count[at] : Number.NaN,
  );
  const usual = usualOf(share);
  return lasting(2, (at) => share[at] < warningBelow && usual(at) >= warningBelow);
}

/** Share of an hour's calls that a model has which the seven days up to two hours ago did not have, for 5 minutes. */
export function driftNet({ calls, moved }) {
  const { minimumShare, minimumCalls } = DEFAULT_RULE_NUMBERS.modelDrift;
  const all = windowSums(calls, BLOCKS_PER_HOUR);
  const recent = windowSums(moved, BLOCKS_PER_HOUR);
  const week = windowSums(moved, BLOCKS_PER_WEEK);
  return lasting(
    1,
    (at) =>
      recent[at] >= minimumCalls &&
      recent[at] / all[at] >= minimumShare &&
      !(week[at - 2 * BLOCKS_PER_HOUR] > 0),
  );
}

/** Blocks of [from, to) at which a condition begins to alarm; an alarm ends after 15 minutes of quiet. */
export function alarmsFrom(isFiring, from, to) {
  const alarms = [];
  let quiet = QUIET_BLOCKS;
  for (let at = from; at < to; at += 1) {
    if (!isFiring(at)) {
      quiet += 1;
      continue;
    }
    if (quiet >= QUIET_BLOCKS) alarms.push(at);
    quiet = 0;
  }
  return alarms;
}

/** A figure of the rows of each block up to `to`. */
export function figures(rows, to, figureOf) {
  return Float64Array.from({ length: to }, (_, block) =>
    rows(block).reduce((sum, row) => sum + figureOf(row), 0),
  );
}
