// Figures with intervals: over series, which are independent, while what happens within one is not.
import { createRandom } from './traffic.mjs';

const ROUNDS = 400;

/** Mean over series with a 95 % bootstrap interval. */
export function meanOf(values, scale = 1) {
  const mean = (list) =>
    (list.reduce((sum, value) => sum + value, 0) / Math.max(1, list.length)) * scale;
  const random = createRandom(values.length + 1);
  const rounds = Array.from({ length: ROUNDS }, () =>
    mean(values.map(() => values[Math.floor(random() * values.length)])),
  ).sort((a, b) => a - b);
  return { value: mean(values), low: rounds[ROUNDS * 0.025], high: rounds[ROUNDS * 0.975 - 1] };
}

/** Share that was found, and the median delay of what was. `null` is not found. */
export function recallOf(delays) {
  const found = delays.filter((delay) => delay !== null).sort((a, b) => a - b);
  return {
    recall: meanOf(delays.map((delay) => (delay === null ? 0 : 1))),
    median: found[found.length >> 1],
    p90: found[Math.min(found.length - 1, Math.floor(found.length * 0.9))],
    count: delays.length,
  };
}
