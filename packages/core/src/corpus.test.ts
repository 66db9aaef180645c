import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRequest } from './decode-request.ts';
import type { DecodedResponse } from './decoder.ts';
import { type Fixture, loadFixtures } from './fixtures.test-kit.ts';
import { inclusiveTotals } from './inclusive-totals.ts';
import { matchEndpoint } from './match-endpoint.ts';
import { createResponseDecoder } from './response-decoder.ts';

const FIXTURES = loadFixtures();

function decode(fixture: Fixture, pieces: readonly string[]): DecodedResponse {
  const { endpoint, statusCode, contentType } = fixture.meta;
  const request = decodeRequest(endpoint, fixture.requestText);
  const decoder = createResponseDecoder(endpoint, { statusCode, contentType }, request);
  for (const piece of pieces) decoder.push(piece);
  return decoder.result();
}

/** The expectation of a fixture leaves out the audit copy, which repeats its response. */
function withoutRaw(response: DecodedResponse): unknown {
  const { raw: _raw, ...usage } = { raw: undefined, ...response.usage };
  return { ...response, usage };
}

test.for(FIXTURES)('$name is matched to its endpoint', ({ meta }) => {
  expect(matchEndpoint(meta)).toEqual(meta.endpoint);
});

test.for(FIXTURES)('$name decodes', (fixture) => {
  expect(withoutRaw(decode(fixture, [fixture.responseText]))).toEqual(fixture.meta.want);
});

test.for(FIXTURES)('$name decodes the same one character at a time', (fixture) => {
  expect(decode(fixture, [...fixture.responseText])).toEqual(
    decode(fixture, [fixture.responseText]),
  );
});

test.for(FIXTURES)('$name decodes the same cut anywhere, asked at any time', (fixture) => {
  const { endpoint, statusCode, contentType } = fixture.meta;
  const text = fixture.responseText;
  const whole = decode(fixture, [text]);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 5 }), (cuts) => {
      const request = decodeRequest(endpoint, fixture.requestText);
      const decoder = createResponseDecoder(endpoint, { statusCode, contentType }, request);
      const ends = [...cuts.sort((left, right) => left - right), text.length];
      let start = 0;
      for (const end of ends) {
        decoder.push(text.slice(start, end));
        decoder.result();
        start = end;
      }
      expect(decoder.result()).toEqual(whole);
    }),
    { numRuns: 20 },
  );
});

test.for(FIXTURES)('$name keeps no content in its audit copy', (fixture) => {
  const { usage } = decode(fixture, [fixture.responseText]);
  const raw = JSON.stringify('raw' in usage ? usage.raw : null);
  expect(raw).not.toMatch(/hello|Hel|text_delta/);
});

test('the corpus covers every provider that a row names an example of', () => {
  expect(FIXTURES.length).toBeGreaterThan(30);
  expect(inclusiveTotals({})).toEqual({});
});
