import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseHistory } from './parse-history.ts';
import { checkOf, renderHistory } from './render-history.ts';
import { DEFAULT_VOLUME_RULE } from './rules.ts';
import {
  CHAT,
  DAY,
  evaluate,
  learned,
  MINUTE,
  MONDAY_MS,
  traffic,
  usageRow,
} from './traffic.test-kit.ts';

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

test('a restored history answers as the one it was taken from', { timeout: 240_000 }, () => {
  const parts = [...renderHistory(learned(past, START))];
  const restored = parseHistory(parts);
  if (restored === undefined) throw new Error('expected a history');
  expect([...renderHistory(restored)]).toEqual(parts);
  const findings = evaluate(DEFAULT_VOLUME_RULE, restored, run);
  expect(findings.length).toBeGreaterThan(0);
  expect(findings).toEqual(evaluate(DEFAULT_VOLUME_RULE, learned(past, START), run));
});

test('a history of many series comes in parts, of which none may be missing', () => {
  const rows = Array.from({ length: 1200 }, (_, index) =>
    usageRow({ ...CHAT, feature: `café ${index}`, service: `s${index % 3}` }, MONDAY_MS, {
      calls: 1,
    }),
  );
  const history = learned(rows, MONDAY_MS + 5 * MINUTE);
  const parts = [...renderHistory(history)];
  expect(parts.length).toBe(3);
  const restored = parseHistory(parts);
  expect(restored?.scopes.size).toBe(history.scopes.size);
  expect([...(restored?.series.keys() ?? [])]).toEqual([...history.series.keys()]);
  expect(parseHistory(parts.slice(0, 2))).toBeUndefined();
  expect(parseHistory(parts.slice(1))).toBeUndefined();
  expect(parseHistory([])).toBeUndefined();
});

function partOf(text: string): Uint8Array[] {
  const letters = [...text].map((letter) => letter.charCodeAt(0));
  const bytes = Uint8Array.from([letters.length, 0, 0, 0, ...letters]);
  const check = checkOf(bytes);
  return [Uint8Array.from([...bytes, ...[0, 8, 16, 24].map((shift) => (check >>> shift) & 255)])];
}

test.for([
  { note: 'no JSON', parts: partOf('{') },
  {
    note: 'an older version',
    parts: partOf('{"version":6,"part":0,"parts":1,"series":[],"scopes":[]}'),
  },
  { note: 'a list', parts: partOf('[]') },
  {
    note: 'a series without labels',
    parts: partOf('{"version":7,"part":0,"parts":1,"series":[{}],"scopes":[]}'),
  },
  { note: 'a part of nothing', parts: [new Uint8Array(0)] },
])('$note is no history', ({ parts }) => {
  expect(parseHistory(parts)).toBeUndefined();
});

test('a damaged snapshot is refused', { timeout: 240_000 }, () => {
  const [part = new Uint8Array(0)] = renderHistory(learned(past.slice(0, 500), MONDAY_MS + DAY));
  fc.assert(
    fc.property(
      fc.nat(part.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      (at, bits, isCut) => {
        const damaged = isCut ? part.slice(0, at) : part.slice();
        if (!isCut) damaged[at] = (damaged[at] ?? 0) ^ bits;
        expect(parseHistory([damaged])).toBeUndefined();
      },
    ),
    { numRuns: 500 },
  );
});
