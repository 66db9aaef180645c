/** A stretch of time in a search for an onset: what was seen in it, and its weight: what was expected, or calls. */
export interface OnsetStretch {
  readonly startEpochMs: number;
  readonly value: number;
  readonly weight: number;
}

/** Sums of stretches on one side of a candidate. */
interface Side {
  readonly value: number;
  readonly weight: number;
}

/** How much better two levels explain what was seen than one does; larger is likelier. */
export type OnsetGain = (since: Side, before: Side) => number;

/** For counts around what was expected: twice Poisson, each side with the ratio that it shows. */
export const countGain: OnsetGain = (since, before) => logGain(since) + logGain(before);

/** For means of `value` over `weight`: what two means take off the squared error of one. */
export const meanGain: OnsetGain = (since, before) => {
  const apart = since.value / since.weight - before.value / before.weight;
  return ((since.weight * before.weight) / (since.weight + before.weight)) * apart * apart;
};

function logGain({ value, weight }: Side): number {
  return value > 0 && weight > 0 ? value * Math.log(value / weight) : 0;
}

/**
 * Start of the stretch from which on the level is most likely another, and higher: the change point of most likelihood.
 *
 * `stretches` are newest first. Undefined where there are fewer than two with a weight, or none is higher than what was
 * before it.
 */
export function mostLikelyOnset(
  stretches: readonly OnsetStretch[],
  gain: OnsetGain,
): number | undefined {
  const all = { value: 0, weight: 0 };
  for (const { value, weight } of stretches) {
    all.value += value;
    all.weight += weight;
  }
  const since = { value: 0, weight: 0 };
  let largest = 0;
  let onset: number | undefined;
  const base = gain(all, { value: 0, weight: 0 });
  for (const { startEpochMs, value, weight } of stretches) {
    since.value += value;
    since.weight += weight;
    const before = { value: all.value - since.value, weight: all.weight - since.weight };
    if (!(since.weight > 0) || !(before.weight > 0)) continue;
    if (since.value * before.weight <= before.value * since.weight) continue;
    const found = gain(since, before) - (Number.isFinite(base) ? base : 0);
    if (found <= largest) continue;
    largest = found;
    onset = startEpochMs;
  }
  return onset;
}
