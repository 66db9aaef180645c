/** A fallback is over where a share so much smaller is likelier. */
const ENDED_SHARE = 0.25;
const MINUTES_PER_WEEK = 10_080;
/** Windows that overlap are as many tries as so many that do not. */
const OVERLAP = 3;
/** How often a week chance alone may tell of a model that is used as always. */
const CHANCE_PER_WEEK = 0.1;
/** A share below this is known no better. */
const SMALLEST_SHARE = 0.01;

/** Nats by which a fallback is likelier to be over than to go on at `share`, by calls of the dear model out of all. */
export function endOf(share: number, calls: number, all: number): number {
  const ended = ENDED_SHARE * share;
  if (share <= 0 || share >= 1) return calls === 0 ? all : 0;
  return calls * Math.log(ENDED_SHARE) + (all - calls) * Math.log((1 - ended) / (1 - share));
}

/** Nats by which the observed share is likelier than the usual one; 0 where it is not higher. */
export function evidenceOf(share: number, usualShare: number, calls: number): number {
  const usual = Math.max(SMALLEST_SHARE, usualShare);
  if (share <= usual || usual >= 1) return 0;
  const rest = share < 1 ? (1 - share) * Math.log((1 - share) / (1 - usual)) : 0;
  return calls * (share * Math.log(share / usual) + rest);
}

/**
 * Nats of evidence to ask of a window of so many minutes. Any call of a new model is news; the share of one that is used
 * always moves by chance, the more often looked at, the more surely.
 */
export function evidenceGate(least: number, usualShare: number, minutes: number): number {
  if (!(usualShare > 0)) return least;
  return Math.max(least, Math.log((OVERLAP * MINUTES_PER_WEEK) / minutes / CHANCE_PER_WEEK));
}
