// The plain published form of the baseline (level × hour-of-week, prequential log residuals, one-hour window), as a yardstick.
import { BLOCKS_PER_DAY, BLOCKS_PER_HOUR } from './traffic.mjs';

const QUANTILES = [
  [0.9, 1.2816],
  [0.95, 1.6449],
  [0.975, 1.96],
  [0.99, 2.3263],
];
const SCORE = 3.2;
const KEPT = 672;

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

function fit(hours) {
  const cap = quantile(hours, 0.98);
  const sums = new Float64Array(168);
  const weights = new Float64Array(168);
  let sum = 0;
  let weight = 0;
  for (let at = Math.max(0, hours.length - KEPT); at < hours.length; at += 1) {
    const w = 2 ** (-(hours.length - 1 - at) / 24 / 14);
    const value = w * Math.min(hours[at], cap);
    sum += value;
    weight += w;
    sums[at % 168] += value;
    weights[at % 168] += w;
  }
  const mean = sum / weight;
  const slots = new Float64Array(168);
  for (let hour = 0; hour < 24; hour += 1) {
    let top = 2 * mean;
    let bottom = 2;
    for (let slot = hour; slot < 168; slot += 24) {
      top += sums[slot];
      bottom += weights[slot];
    }
    for (let slot = hour; slot < 168; slot += 24) {
      slots[slot] = (sums[slot] + (2 * top) / bottom) / (weights[slot] + 2);
    }
  }
  return { slots, mean, cap };
}

function levelOf(hours, { slots, mean, cap }) {
  let observed = 6 * mean;
  let expected = 6 * mean;
  for (let at = hours.length - 72; at < hours.length; at += 1) {
    observed += Math.min(hours[at], cap);
    expected += slots[at % 168];
  }
  return Math.min(3, Math.max(1 / 3, observed / expected));
}

function spreadOf(hours) {
  const residuals = [];
  let model;
  for (let at = 336; at < hours.length; at += 1) {
    const past = hours.slice(0, at);
    if (model === undefined || at % 24 === 0) model = fit(past);
    const expected = levelOf(past, model) * model.slots[at % 168];
    residuals.push(Math.log((hours[at] + 1) / (expected + 1)));
  }
  const upper = Math.max(...QUANTILES.map(([share, z]) => quantile(residuals, share) / z));
  return Math.max(0.0064, (residuals.length * upper ** 2 + 6) / (residuals.length + 24));
}

/** Learns from the first `from` blocks; the result tells the alarms of any continuation. */
export function learnPlain(values, from) {
  const hours = [];
  for (let at = 0; at < from; at += BLOCKS_PER_HOUR) {
    let sum = 0;
    for (let index = 0; index < BLOCKS_PER_HOUR; index += 1) sum += values[at + index];
    hours.push(sum);
  }
  return { hours, variance: spreadOf(hours) };
}

/** What the plain rule sees at the end of a block. */
function readingAt(values, at, { hours, model, variance }) {
  const level = levelOf(hours, model);
  const expectedAt = (position) => {
    const slot = Math.floor(position);
    const share = position - slot;
    return level * (model.slots[slot % 168] * (1 - share) + model.slots[(slot + 1) % 168] * share);
  };
  const end = (at + 1) / BLOCKS_PER_HOUR;
  const expected = expectedAt(end - 1);
  const short = expectedAt(end - 2 / 3) / 3;
  const observed = sumOf(values, at, BLOCKS_PER_HOUR);
  const recent = sumOf(values, at, 4);
  const score =
    Math.log((observed + 1) / (expected + 1)) / Math.sqrt(variance + 1 / (expected + 1));
  const isLarge = observed >= 1.5 * expected && observed - expected >= 10;
  return {
    isHigh: isLarge && score >= SCORE && recent >= 1.5 * short,
    isQuiet: recent < 1.25 * short,
  };
}

function sumOf(values, at, blocks) {
  let sum = 0;
  for (let back = 0; back < blocks; back += 1) sum += values[at - back];
  return sum;
}

/** A high evaluation begins an alarm (5 minutes hold the two that are asked for), three quiet ones end it; true when one begins. */
function moveOn(state, isHigh, isQuiet) {
  state.quiet = !isHigh && isQuiet ? state.quiet + 1 : 0;
  if (state.quiet >= 3) state.isFiring = false;
  if (state.isFiring || !isHigh) return false;
  state.isFiring = true;
  return true;
}

/** Blocks at which the plain rule begins to alarm. */
export function plainAlarms({ hours: past, variance }, values, from) {
  const hours = [...past];
  let model = fit(hours);
  const alarms = [];
  const state = { quiet: 0, isFiring: false };
  for (let at = from; at < values.length; at += 1) {
    if (at % BLOCKS_PER_HOUR === 0 && at > from) hours.push(sumOf(values, at - 1, BLOCKS_PER_HOUR));
    if (at % BLOCKS_PER_DAY === 0) model = fit(hours);
    const { isHigh, isQuiet } = readingAt(values, at, { hours, model, variance });
    if (moveOn(state, isHigh, isQuiet)) alarms.push(at);
  }
  return alarms;
}
