import { expect, test } from 'vitest';
import { advance } from './advance.ts';
import { explainWindow, largestShares } from './explain.ts';
import { createHistory } from './history.ts';
import { CHAT, DAY, MINUTE, MONDAY_MS, usageRow, utcHourOfWeek } from './traffic.test-kit.ts';

const ONSET = MONDAY_MS + 2 * DAY;
const TO = ONSET + 10 * 60 * MINUTE;

/** A call a minute, then three, at a cent. */
function historyAt(toEpochMs: number) {
  const minutes = Array.from({ length: (toEpochMs - MONDAY_MS) / MINUTE }, (_, index) => {
    const at = MONDAY_MS + index * MINUTE;
    return usageRow(CHAT, at, { calls: at >= ONSET ? 3 : 1, usdPerCall: 0.01 });
  });
  return advance(createHistory(), { minutes, gaps: [], toEpochMs }, utcHourOfWeek);
}

test.for([0, 1, 4, 5, 7, 30, 33, 55, 59])(
  'dollars an hour are right %i minutes into an hour, whatever the window',
  (into) => {
    const epochMs = TO + into * MINUTE;
    const history = historyAt(epochMs);
    const scope = history.scopes.get('total');
    if (scope === undefined) throw new Error('expected a total');
    for (const minutes of [5, 15, 30, 60, 120, 240, 480]) {
      const part = into % 5;
      // Of an hour and a part the oldest five minutes are gone; the rate is right all the same.
      const { explanation, after } = explainWindow({
        scope,
        epochMs,
        minutes,
        expectedCalls: minutes + part,
      });
      const isCut = minutes === 60 && part > 0;
      expect(after.calls).toBeCloseTo(3 * (minutes + part - (isCut ? 5 : 0)), 6);
      expect(explanation.usdPerHour).toBeCloseTo(1.2, 6);
      expect(explanation.decomposition.volume).toBeCloseTo(1.2, 6);
      const alike = explainWindow({ scope, epochMs, minutes }).explanation;
      expect(alike.usdPerHour).toBeCloseTo(0, 6);
    }
  },
);

test('what calls cost for two days is what more of them are told to cost', () => {
  const rise = MONDAY_MS + 14 * DAY;
  const burst = rise + 2 * DAY;
  const toEpochMs = burst + 60 * MINUTE;
  const minutes = Array.from({ length: (toEpochMs - MONDAY_MS) / MINUTE }, (_, index) => {
    const at = MONDAY_MS + index * MINUTE;
    return usageRow(CHAT, at, { calls: at >= burst ? 3 : 1, usdPerCall: at >= rise ? 0.02 : 0.01 });
  });
  const history = advance(createHistory(), { minutes, gaps: [], toEpochMs }, utcHourOfWeek);
  const scope = history.scopes.get('total');
  if (scope === undefined) throw new Error('expected a total');
  const window = { scope, epochMs: toEpochMs, minutes: 60, expectedCalls: 60 };
  const { usdPerHour, decomposition } = explainWindow(window).explanation;
  // 120 calls an hour more than expected, at two cents.
  expect(usdPerHour).toBeCloseTo(2.4, 6);
  expect(decomposition.volume).toBeCloseTo(2.4, 6);
  expect(decomposition.price).toBeCloseTo(0, 6);
});

test('calls without a price are no saving', () => {
  const toEpochMs = ONSET + 60 * MINUTE;
  const minutes = Array.from({ length: (toEpochMs - MONDAY_MS) / MINUTE }, (_, index) => {
    const at = MONDAY_MS + index * MINUTE;
    const known = usageRow(CHAT, at, { calls: 2, usdPerCall: 0.01 });
    if (at < ONSET) return [known];
    const strange = usageRow({ ...CHAT, model: 'x' }, at, { calls: 3, usdPerCall: 0 });
    return [known, { ...strange, unpricedCalls: 3 }];
  }).flat();
  const history = advance(createHistory(), { minutes, gaps: [], toEpochMs }, utcHourOfWeek);
  const scope = history.scopes.get('total');
  if (scope === undefined) throw new Error('expected a total');
  const { usdPerHour, decomposition } = explainWindow({
    scope,
    epochMs: toEpochMs,
    minutes: 60,
  }).explanation;
  expect(usdPerHour).toBeCloseTo(0, 6);
  expect(decomposition.mix).toBeCloseTo(0, 6);
});

test('every dimension has a word before another one has two', () => {
  const byName = (shares: Readonly<Record<string, number>>): ReadonlyMap<string, number> =>
    new Map(Object.entries(shares));
  const chosen = largestShares([
    { dimension: 'feature', byName: byName({ chat: 60, search: 40 }) },
    { dimension: 'model', byName: byName({ mini: 90, large: 10 }) },
    { dimension: 'team', byName: byName({ blue: 55, red: 45 }) },
    { dimension: 'service', byName: byName({ a: 25, b: 30, c: 25, d: 20 }) },
  ]);
  expect(chosen).toEqual([
    { dimension: 'model', name: 'mini', share: 0.9 },
    { dimension: 'feature', name: 'chat', share: 0.6 },
    { dimension: 'team', name: 'blue', share: 0.55 },
    { dimension: 'team', name: 'red', share: 0.45 },
    { dimension: 'service', name: 'b', share: 0.3 },
  ]);
});
