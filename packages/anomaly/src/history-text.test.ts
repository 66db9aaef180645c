import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { parseHistory, renderHistory } from './history-text.ts';
import { DEFAULT_VOLUME_RULE } from './rules.ts';
import { CHAT, DAY, evaluate, learned, MINUTE, MONDAY_MS, traffic } from './traffic.test-kit.ts';

const START = MONDAY_MS + 8 * DAY;
const ROWS = traffic({
  labels: CHAT,
  fromEpochMs: MONDAY_MS,
  minutes: 8 * 1440 + 60,
  callsPerHour: 300,
  seed: 3,
  rateAt: (epochMs) => (epochMs >= START ? 8 : 1),
});
const past = ROWS.filter((row) => row.minuteEpochMs < START);
const run = {
  minutes: ROWS.filter((row) => row.minuteEpochMs >= START),
  toEpochMs: START + 60 * MINUTE,
};

test('a restored history answers as the one it was taken from', { timeout: 60_000 }, () => {
  const text = renderHistory(learned(past, START));
  const restored = parseHistory(text);
  if (restored === undefined) throw new Error('expected a history');
  expect(renderHistory(restored)).toBe(text);
  const findings = evaluate(DEFAULT_VOLUME_RULE, restored, run);
  expect(findings.length).toBeGreaterThan(0);
  const wanted = evaluate(DEFAULT_VOLUME_RULE, learned(past, START), run);
  expect(findings.map(({ epochMs, severity }) => [epochMs, severity])).toEqual(
    wanted.map(({ epochMs, severity }) => [epochMs, severity]),
  );
});

test.for([
  { note: 'no JSON', text: '{' },
  { note: 'an older version', text: '{"version":2,"series":[],"scopes":[]}' },
  { note: 'a list', text: '[]' },
  { note: 'a series without labels', text: '{"version":3,"series":[{}],"scopes":[]}' },
])('$note is no history', ({ text }) => {
  expect(parseHistory(text)).toBeUndefined();
});

test('a damaged snapshot is refused or read, and never an exception', { timeout: 60_000 }, () => {
  const text = renderHistory(learned(past.slice(0, 500), MONDAY_MS + DAY));
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom('', 'x', '0', '"'), (at, damage) => {
      parseHistory(text.slice(0, at) + damage + text.slice(at + 1));
    }),
    { numRuns: 50 },
  );
});

test('bytes survive base64', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
    }),
  );
});
