import { expect, test } from 'vitest';
import { decodePieces, type Fixture, loadFixtures } from './fixtures.test-kit.ts';
import { matchEndpoint } from './match-endpoint.ts';
import { createRandom, flaw, mutate } from './mutate.test-kit.ts';

const FIXTURES = loadFixtures();
const CASES = 20_000;

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
