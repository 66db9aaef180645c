import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DecodedResponse } from './decoder.ts';
import {
  createFeed,
  createFixtureDecoder,
  decodePieces,
  loadFixtures,
} from './fixtures.test-kit.ts';
import { matchEndpoint } from './match-endpoint.ts';
import { API_NAMES } from './protocol-of.ts';

const FIXTURES = loadFixtures();

/** The expectation of a fixture leaves out the audit copy, which repeats its response. */
function withoutRaw(response: DecodedResponse): unknown {
  const { raw: _raw, ...usage } = { raw: undefined, ...response.usage };
  return { ...response, usage };
}

function bytewise(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
}

test.for(FIXTURES)('$name is matched to its endpoint', ({ meta }) => {
  expect(matchEndpoint(meta)).toEqual(meta.endpoint);
});

test.for(FIXTURES)('$name decodes', (fixture) => {
  expect(withoutRaw(decodePieces(fixture, [fixture.responseBytes]))).toEqual(fixture.meta.want);
});

test.for(FIXTURES)('$name decodes the same one byte at a time', (fixture) => {
  const { responseBytes } = fixture;
  expect(decodePieces(fixture, bytewise(responseBytes))).toEqual(
    decodePieces(fixture, [responseBytes]),
  );
});

test.for(FIXTURES)('$name decodes the same cut anywhere, asked at any time', (fixture) => {
  const bytes = fixture.responseBytes;
  const whole = decodePieces(fixture, [bytes]);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 5 }), (cuts) => {
      const decoder = createFixtureDecoder(fixture);
      const feed = createFeed(decoder);
      let start = 0;
      for (const end of [...cuts.sort((left, right) => left - right), bytes.length]) {
        feed(bytes.subarray(start, end));
        decoder.result();
        start = end;
      }
      expect(decoder.result()).toEqual(whole);
    }),
    { numRuns: 20 },
  );
});

test.for(FIXTURES)('$name keeps no content in its audit copy', (fixture) => {
  const { usage } = decodePieces(fixture, [fixture.responseBytes]);
  const raw = JSON.stringify('raw' in usage ? usage.raw : null);
  expect(raw).not.toMatch(/hello|Hel|text_delta/);
});

test('the corpus has at least one exchange of every wire API', () => {
  const apis = new Set(FIXTURES.map(({ meta }) => meta.endpoint.api));
  const names = API_NAMES.filter((name) => name !== 'custom');
  expect([...apis].sort()).toEqual([...names].sort());
});
