import { expect, test } from 'vitest';
import { chunkOfPast, rowsPerBlock } from './chunk-of-past.ts';

const MINUTE = 60_000;
const at = (hour: number, minute = 0): number => Date.UTC(2026, 9, 9, hour, minute);
const END = at(14, 37);

test.for([
  { note: 'at first', from: at(2), rows: undefined, want: { to: at(2, 20), isCoarse: true } },
  { note: 'few rows', from: at(2), rows: 100, want: { to: at(8), isCoarse: true } },
  { note: 'no rows', from: at(2), rows: 0, want: { to: at(8), isCoarse: true } },
  { note: 'many rows', from: at(2), rows: 70_000, want: { to: at(2, 10), isCoarse: true } },
  { note: 'a million rows', from: at(2), rows: 1e6, want: { to: at(2, 5), isCoarse: true } },
  { note: 'odd minutes', from: at(2, 3), rows: 50_000, want: { to: at(2, 15), isCoarse: true } },
  { note: 'the last hour', from: at(13), rows: 100, want: { to: END, isCoarse: false } },
  { note: 'of many', from: at(13), rows: 70_000, want: { to: at(13, 2), isCoarse: false } },
  { note: 'of a million', from: at(13), rows: 1e6, want: { to: at(13, 1), isCoarse: false } },
  { note: 'before it', from: at(12, 50), rows: 100, want: { to: at(13), isCoarse: true } },
  { note: 'the present', from: END - MINUTE, rows: 100, want: { to: END, isCoarse: false } },
])('$note', ({ from, rows, want }) => {
  expect(chunkOfPast(from, END, rows)).toEqual(want);
});

test('whatever comes, the past is read to its end, and no more than 150,000 rows at once', () => {
  let from = at(2, 3);
  let rows: number | undefined;
  let most = 0;
  while (from < END) {
    const chunk = chunkOfPast(from, END, rows);
    expect(chunk.to).toBeGreaterThan(from);
    const read = (30_000 * (chunk.to - from)) / (chunk.isCoarse ? 5 * MINUTE : MINUTE);
    if (rows !== undefined) most = Math.max(most, read);
    rows = rowsPerBlock(read, { from, ...chunk });
    from = chunk.to;
  }
  expect(from).toBe(END);
  expect(most).toBeLessThanOrEqual(150_000);
});
