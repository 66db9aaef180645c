import { expect, test } from 'vitest';
import { advance } from './advance.ts';
import { createHistory } from './history.ts';
import { parseHistory } from './parse-history.ts';
import { renderHistory } from './render-history.ts';
import { DEFAULT_COST_PER_REQUEST_RULE } from './rules.ts';
import {
  CHAT,
  createRandom,
  DAY,
  evaluate,
  learned,
  MINUTE,
  MONDAY_MS,
  usageRow,
  utcHourOfWeek,
} from './traffic.test-kit.ts';
import type { UsageMinute } from './usage-minute.ts';

const HOUR = 60 * MINUTE;
const SPLIT = MONDAY_MS + 14 * DAY;
const START = SPLIT + 2 * HOUR;

interface Prompts {
  /** Share of the second version in the 40 calls of a row, before and from `START` on. */
  readonly share: number;
  readonly lateShare: number;
  readonly times: number;
}

/** Rows of five minutes of two versions of a prompt, the second of which costs `times` as much from `START` on. */
function rows({ share, lateShare, times }: Prompts, toEpochMs: number): UsageMinute[] {
  const random = createRandom(9);
  const all: UsageMinute[] = [];
  for (let at = MONDAY_MS; at < toEpochMs; at += 5 * MINUTE) {
    const isLate = at >= START;
    const second = 40 * (isLate ? lateShare : share);
    const noise = 0.9 + 0.2 * random();
    const v1 = { pricedCalls: 40 - second, costUsd: (40 - second) * 0.01 * noise };
    const v2 = {
      pricedCalls: second,
      costUsd: second * 0.01 * (isLate ? times : 1) * (0.9 + 0.2 * random()),
    };
    const row = usageRow(CHAT, at, { calls: 40, usdPerCall: (v1.costUsd + v2.costUsd) / 40 });
    all.push({ ...row, byPromptVersion: second > 0 ? { v1, v2 } : { v1 } });
  }
  return all;
}

test.for([
  { note: 'a version that gets dearer', share: 0.1, lateShare: 0.1, times: 3, want: ['v2'] },
  { note: 'a new version that is dearer', share: 0, lateShare: 0.1, times: 3, want: ['v2'] },
  { note: 'a new version for all calls', share: 0, lateShare: 1, times: 3, want: ['v2'] },
  { note: 'a version that costs what it did', share: 0.1, lateShare: 0.1, times: 1, want: [] },
  { note: 'a version that more calls use', share: 0.1, lateShare: 0.9, times: 1, want: [] },
])('$note is told where it sits: $want', { timeout: 240_000 }, ({ want, ...prompts }) => {
  const to = START + 3 * DAY;
  const all = rows(prompts, to);
  const history = learned(
    all.filter(({ minuteEpochMs }) => minuteEpochMs < SPLIT),
    SPLIT,
  );
  const minutes = all.filter(({ minuteEpochMs }) => minuteEpochMs >= SPLIT);
  const run = { minutes, toEpochMs: to, everyMinutes: 5 };
  const findings = evaluate(DEFAULT_COST_PER_REQUEST_RULE, history, run);
  expect([...new Set(findings.map(({ labels }) => labels.promptVersion ?? 'all'))]).toEqual(want);
  const sums = findings.map(({ decomposition, usdPerHour }) =>
    Math.abs(Object.values(decomposition).reduce((sum, part) => sum + part, 0) - usdPerHour),
  );
  expect(Math.max(0, ...sums)).toBeLessThan(1e-9);
});

test('an excess of the feature names the version that it comes from', () => {
  const to = START + 10 * MINUTE;
  const all = rows({ share: 0, lateShare: 0.5, times: 3 }, to);
  const history = learned(
    all.filter(({ minuteEpochMs }) => minuteEpochMs < SPLIT),
    SPLIT,
  );
  const minutes = all.filter(({ minuteEpochMs }) => minuteEpochMs >= SPLIT);
  const run = { minutes, toEpochMs: to, everyMinutes: 5 };
  const rule = { ...DEFAULT_COST_PER_REQUEST_RULE, minCalls: 40 };
  const [first] = evaluate(rule, history, run);
  expect(first?.labels).toEqual({ service: CHAT.service, feature: CHAT.feature });
  expect(first?.contributors).toEqual([
    { dimension: 'prompt', name: 'v2', share: expect.closeTo(1, 1) },
  ]);
});

test('of very many versions those called last are kept, and a snapshot keeps them', () => {
  let history = createHistory();
  for (let index = 0; index < 100; index += 1) {
    const at = MONDAY_MS + index * 5 * MINUTE;
    const usage = { [`v${index}`]: { pricedCalls: 40, costUsd: 0.4 } };
    const minutes = [{ ...usageRow(CHAT, at, { calls: 40 }), byPromptVersion: usage }];
    const input = { minutes, gaps: [], toEpochMs: at + 5 * MINUTE };
    history = advance(history, input, utcHourOfWeek);
  }
  const versions = (of: typeof history): unknown =>
    [...of.scopes.values()].flatMap(({ prompts }) => [...(prompts?.keys() ?? [])]);
  const want = Array.from({ length: 20 }, (_, index) => `v${80 + index}`);
  expect(versions(history)).toEqual(want);
  const restored = parseHistory(renderHistory(history));
  expect(restored && versions(restored)).toEqual(want);
});
