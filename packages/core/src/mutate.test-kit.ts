import { TOKEN_CLASSES } from './call-record.ts';
import type { DecodedResponse } from './decoder.ts';

/** Bytes that hurt JSON, streams and numbers more than random ones do. */
const NASTY = [...new TextEncoder().encode('{}[]",:\\-.eE0919 \n\r\t'), 0x00, 0x7f, 0x80, 0xff];

/** A small deterministic generator (mulberry32), so that a failing case can be found again by its number. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

/** A copy with one to four wounds: nasty and random bytes, moved parts, a cut. */
export function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let count = 1 + random(4); count > 0 && copy.length > 0; count -= 1) {
    const at = random(copy.length);
    switch (random(4)) {
      case 0:
        copy[at] = NASTY[random(NASTY.length)] ?? 0;
        break;
      case 1:
        copy[at] = random(256);
        break;
      case 2:
        copy.copyWithin(at, random(copy.length), random(copy.length));
        break;
      default:
        return copy.subarray(0, at);
    }
  }
  return copy;
}

/** What is wrong with a result; undefined when every number in it is one, and its tokens can have cost what it says. */
export function flaw({ usage }: DecodedResponse): string | undefined {
  if (usage.kind !== 'reported') return undefined;
  for (const [name, count] of Object.entries(usage.tokens)) {
    if (!TOKEN_CLASSES.some((known) => known === name)) return `unknown class ${name}`;
    if (!Number.isSafeInteger(count) || count < 0) return `${name} is ${count}`;
  }
  for (const [name, count] of Object.entries(usage.requests)) {
    if (!Number.isSafeInteger(count) || count < 0) return `${name} is ${count}`;
  }
  const cost = usage.providerCostUsd ?? 0;
  const counts = Object.values(usage.tokens).reduce((sum, each) => sum + each, 0);
  return cost >= 0 && cost <= 10 + counts * 0.001 ? undefined : `cost is ${cost}`;
}
