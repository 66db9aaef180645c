import { expect, test } from 'vitest';
import { TOKEN_CLASSES } from './call-record.ts';
import type { DecodedResponse } from './decoder.ts';
import { decodePieces, type Fixture, loadFixtures } from './fixtures.test-kit.ts';
import { matchEndpoint } from './match-endpoint.ts';

const FIXTURES = loadFixtures();
const CASES = 20_000;

/** Bytes that hurt JSON, streams and numbers more than random ones do. */
const NASTY = [...new TextEncoder().encode('{}[]",:\\-.eE0919 \n\r\t'), 0x00, 0x7f, 0x80, 0xff];

/** A small deterministic generator (mulberry32), so that a failing case can be found again by its number. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
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

/** What is wrong with a result; undefined when every number in it is one. */
function flaw({ usage }: DecodedResponse): string | undefined {
  if (usage.kind !== 'reported') return undefined;
  for (const [name, count] of Object.entries(usage.tokens)) {
    if (!TOKEN_CLASSES.some((known) => known === name)) return `unknown class ${name}`;
    if (!Number.isSafeInteger(count) || count < 0) return `${name} is ${count}`;
  }
  for (const [name, count] of Object.entries(usage.requests)) {
    if (!Number.isSafeInteger(count) || count < 0) return `${name} is ${count}`;
  }
  const cost = usage.providerCostUsd;
  return cost === undefined || (Number.isFinite(cost) && cost >= 0) ? undefined : `cost is ${cost}`;
}

function decodeMutated(fixture: Fixture, seed: number): string | undefined {
  const random = createRandom(seed);
  const bytes = mutate(fixture.responseBytes, random);
  const cut = random(bytes.length + 1);
  return flaw(decodePieces(fixture, [bytes.subarray(0, cut), bytes.subarray(cut)]));
}

test(`${CASES} damaged responses decode without throwing and without a bad number`, () => {
  const flaws: string[] = [];
  for (let seed = 0; seed < CASES; seed += 1) {
    const fixture = FIXTURES[seed % FIXTURES.length];
    const found = fixture && decodeMutated(fixture, seed);
    if (found !== undefined) flaws.push(`${fixture?.name} #${seed}: ${found}`);
  }
  expect(flaws).toEqual([]);
});

test('damaged paths match or do not match, and never throw', () => {
  const random = createRandom(7);
  const decoder = new TextDecoder('latin1');
  for (const { meta } of FIXTURES) {
    for (let count = 0; count < 20; count += 1) {
      const path = decoder.decode(mutate(new TextEncoder().encode(meta.path), random));
      const endpoint = matchEndpoint({ ...meta, path });
      expect(typeof endpoint?.provider === 'string' || endpoint === undefined).toBe(true);
    }
  }
});
