/** A fallback is over where a share so much smaller is likelier. */
const ENDED_SHARE = 0.25;
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
