/** How many distinct series colours the style sheet declares (`--series-0` …). */
export const COLOUR_COUNT = 8;

/** Colour slot by key of one dimension, kept while the page is open so that a key keeps its colour. */
export type ColourSlots = ReadonlyMap<string, number>;

const NEUTRAL: ReadonlySet<string> = new Set(['other', 'unattributed', 'unknown', '(none)', '']);

/** Keys that stand for "the rest" or "nobody"; they are grey wherever they appear. */
export function isNeutralKey(key: string): boolean {
  return NEUTRAL.has(key);
}

function preferredSlot(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % COLOUR_COUNT;
}

/**
 * Gives each key a colour slot: the one it already has, else the one its name points at, else the next free one.
 *
 * Keys beyond the number of colours, and neutral ones, get no slot. A key that left the view gives its slot up only
 * when a visible key needs it. The same keys in the same order always get the same slots.
 */
export function assignColours(known: ColourSlots, keys: readonly string[]): ColourSlots {
  const coloured = keys.filter((key) => !isNeutralKey(key)).slice(0, COLOUR_COUNT);
  const slots = new Map<string, number>();
  const taken = new Set<number>();
  function give(key: string, slot: number): void {
    slots.set(key, slot);
    taken.add(slot);
  }
  for (const key of coloured) {
    const slot = known.get(key);
    if (slot !== undefined) give(key, slot);
  }
  for (const key of coloured.filter((one) => !slots.has(one))) {
    let slot = preferredSlot(key);
    while (taken.has(slot)) slot = (slot + 1) % COLOUR_COUNT;
    give(key, slot);
  }
  for (const [key, slot] of known) if (!taken.has(slot)) slots.set(key, slot);
  return slots;
}
