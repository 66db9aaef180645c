// Other people's rules on the same calls: each says for every block of 5 minutes whether it would alarm.
import { alarmsFrom, volumeNet } from './safety-net.mjs';
import { BLOCKS_PER_DAY, BLOCKS_PER_HOUR, BLOCKS_PER_WEEK } from './traffic.mjs';

const HOUR = BLOCKS_PER_HOUR;
const HALF_HOUR = HOUR / 2;

/** Sums and sums of squares up to each block, for means and deviations of any window. */
function prefixOf(values) {
  const sums = new Float64Array(values.length + 1);
  const squares = new Float64Array(values.length + 1);
  for (let at = 0; at < values.length; at += 1) {
    sums[at + 1] = sums[at] + values[at];
    squares[at + 1] = squares[at] + values[at] ** 2;
  }
  const between = (from, to) => sums[to] - sums[Math.max(0, from)];
  const momentsOf = (from, to) => {
    const first = Math.max(0, from);
    const n = Math.max(1, to - first);
    const mean = (sums[to] - sums[first]) / n;
    return {
      mean,
      deviation: Math.sqrt(Math.max(0, (squares[to] - squares[first]) / n - mean ** 2)),
    };
  };
  return { between, momentsOf };
}

function hourlyOf(values, { between }) {
  return Float64Array.from(values, (_, at) => between(at + 1 - HOUR, at + 1));
}

/** More than 150 % of the mean hour of seven days, and z above 2 (the article's rule). */
function article(values) {
  const prefix = prefixOf(values);
  const hourly = hourlyOf(values, prefix);
  const { momentsOf } = prefixOf(hourly);
  return (at) => {
    const { mean, deviation } = momentsOf(at + 1 - BLOCKS_PER_WEEK, at + 1);
    return hourly[at] > 1.5 * mean && hourly[at] > mean + 2 * deviation;
  };
}

/** More than 2.5 times the mean hour of the history, a fixed number. */
function fixed(values, from) {
  const prefix = prefixOf(values);
  const limit = (2.5 * prefix.between(0, from)) / (from / HOUR);
  return (at) => prefix.between(at + 1 - HOUR, at + 1) > limit;
}

/**
 * Adaptive bands: the mean of an hour plus twice the 26-hour mean of hourly deviations (those above half the mean), plus
 * half of it, and the same of an hour a day and a week before; over it for 5 minutes.
 *
 * @see https://github.com/grafana/promql-anomaly-detection/blob/7ed6390/rules/adaptive.yml
 */
function grafana(values) {
  const { momentsOf } = prefixOf(values);
  const spread = Float64Array.from(values, (_, at) => {
    const { mean, deviation } = momentsOf(at + 1 - HOUR, at + 1);
    return deviation > 0.5 * mean ? deviation : Number.NaN;
  });
  const kept = prefixOf(spread.map((value) => (Number.isNaN(value) ? 0 : value)));
  const counts = prefixOf(spread.map((value) => (Number.isNaN(value) ? 0 : 1)));
  const isOver = (at) => {
    if (!(values[at] > 0)) return false;
    const { mean } = momentsOf(at + 1 - HOUR, at + 1);
    const from = at + 1 - 26 * HOUR;
    const n = counts.between(from, at + 1);
    const bands = [1.5 * mean];
    if (n > 0) bands.push(mean + (2 * kept.between(from, at + 1)) / n);
    for (const ago of [BLOCKS_PER_DAY, BLOCKS_PER_WEEK]) {
      const to = at + 1 - ago + HALF_HOUR;
      const past = momentsOf(to - HOUR, to);
      bands.push(past.mean + 2 * past.deviation);
    }
    return values[at] > Math.max(...bands);
  };
  return (at) => isOver(at) && isOver(at - 1);
}

/**
 * Weekly season: expected is the moving mean of 7 points a week ago, plus the mean of this week, less that of the three weeks
 * before; z above 3 by the deviation of this week. Points of an hour.
 *
 * @see https://github.com/SigNoz/signoz/blob/04c98f4/ee/anomaly/seasonal.go
 */
function signoz(values) {
  const prefix = prefixOf(values);
  const hourly = hourlyOf(values, prefix);
  const { momentsOf } = prefixOf(hourly);
  const meanOf = (to) => momentsOf(to - BLOCKS_PER_WEEK, to).mean;
  return (at) => {
    const ago = at - BLOCKS_PER_WEEK;
    let past = 0;
    for (let point = 0; point < 7; point += 1) past += hourly[ago + point * HOUR] ?? 0;
    const now = momentsOf(at + 1 - BLOCKS_PER_WEEK, at + 1);
    const before = [1, 2, 3].map((week) => meanOf(at + 1 - week * BLOCKS_PER_WEEK));
    const shifted = past / 7 + now.mean - (before[0] + before[1] + before[2]) / 3;
    const expected = shifted < 0 ? past / 7 : shifted;
    return hourly[at] - expected > 3 * now.deviation;
  };
}

export const COMPARATORS = { net: volumeNet, article, grafana, signoz, static: fixed };

/** Blocks at which a rule begins to alarm, from `from` on. */
export function alarmBlocks(name, values, from) {
  return alarmsFrom(COMPARATORS[name](values, from), from, values.length);
}
