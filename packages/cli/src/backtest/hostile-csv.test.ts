import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestIo } from '../io.test-kit.ts';
import { openCsv } from './open-csv.ts';
import { parseGaps } from './read-gaps.ts';
import { readUsageCsv } from './read-usage-csv.ts';

const HEADER =
  'time,service,feature,model,provider,calls,cost_usd,input_tokens,cache_read_tokens,output_tokens';
const START = Date.UTC(2026, 9, 1);
const STEP = 300_000;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenmeter-hostile-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function rows(count: number, everyMs = STEP): string[] {
  return Array.from(
    { length: count },
    (_, index) =>
      `${new Date(START + index * everyMs).toISOString()},shop,chat,gpt-5-mini,openai,3,0.1,900,0,300`,
  );
}

/** What a person hears of a file, and how many of its rows are replayed. */
async function open(content: string | Uint8Array, step: { ms?: number } = { ms: STEP }) {
  await writeFile(join(folder, 'usage.csv'), content);
  let said = '';
  const io = createTestIo({
    cwd: folder,
    stderr: (text) => {
      said += text;
    },
  });
  const { feed, stepMs } = await openCsv({ csv: 'usage.csv' }, step.ms, io);
  const { minutes } = await feed.next(feed.toEpochMs);
  const calls = minutes.reduce((sum, minute) => sum + minute.calls, 0);
  return { said, stepMs, calls };
}

test('a line of more than a million characters costs its own row, wherever it stands', async () => {
  const good = rows(20);
  const huge = `${good[0]},${'x'.repeat(2_500_000)}`;
  const lines = [HEADER, ...good.slice(0, 5), huge, ...good.slice(5), huge];
  expect(await open(lines.join('\n'))).toEqual({
    said: [
      `usage.csv:7: the line is longer than 1,000,000 characters: ${huge.length}`,
      `usage.csv:23: the line is longer than 1,000,000 characters: ${huge.length}`,
      'usage.csv: 2 rows left out\n',
    ].join('\n'),
    stepMs: STEP,
    calls: 60,
  });
});

test('lines are cut the same wherever the file is read in pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 60 }), async (pad) => {
      // Pieces are of a mebibyte: the end of the padding line falls before, on and after one.
      const header = `${HEADER},note`;
      const comment = `${rows(1)[0]},${'y'.repeat(2 ** 20 - header.length - 100 + pad)}`;
      const path = join(folder, 'pieces.csv');
      await writeFile(path, [header, comment.slice(0, 999_999), ...rows(9)].join('\r\n'));
      const { table, problems } = await readUsageCsv(path, {
        signal: new AbortController().signal,
      });
      expect([table.length, problems.count]).toEqual([10, 0]);
    }),
    { numRuns: 8 },
  );
});

const utf16 = Uint8Array.from(
  [...`\uFEFF${HEADER}\n`].flatMap((letter) => {
    const code = letter.charCodeAt(0);
    return [code & 255, code >> 8];
  }),
);

describe('a file that is no use at all is refused with what is wrong', () => {
  test.for([
    { note: 'empty', content: '', want: 'the file is empty' },
    { note: 'only line ends', content: '\n\r\n\n', want: 'the file is empty' },
    { note: 'a header and nothing else', content: HEADER, want: 'has no usable row' },
    { note: 'another header', content: 'a,b\n1,2\n', want: 'no column time, service' },
    { note: 'a column twice', content: `${HEADER},calls\n`, want: 'column calls comes twice' },
    { note: 'semicolons', content: HEADER.replaceAll(',', ';'), want: 'not separated by commas' },
    { note: 'tabs', content: HEADER.replaceAll(',', '\t'), want: 'not separated by commas' },
    { note: 'UTF-16', content: utf16, want: 'it is not UTF-8 text' },
    {
      note: 'lines of an old Mac',
      content: [HEADER, ...rows(3)].join('\r'),
      want: 'its lines end with a carriage return only',
    },
    {
      note: 'a header without an end',
      content: 'x'.repeat(1_000_001),
      want: 'line 1: the line is longer than 1,000,000 characters: 1000001',
    },
    {
      note: 'buckets of two hours',
      content: [HEADER, ...rows(40, 24 * STEP)].join('\n'),
      want: 'buckets of 2 h',
    },
    {
      note: 'buckets of a day',
      content: [HEADER, ...rows(12, 288 * STEP)].join('\n'),
      want: 'buckets of 24 h',
    },
  ])('$note', async ({ content, want }) => {
    await expect(open(content, {})).rejects.toThrow(want);
  });
});

test.for([
  {
    note: 'a day',
    everyMs: 288 * STEP,
    ms: STEP,
    said: '24 h or more apart: each is taken for a bucket of 5 min',
  },
  {
    note: '90 minutes',
    everyMs: 18 * STEP,
    ms: 3 * STEP,
    said: '1.5 h or more apart: each is taken for a bucket of 15 min',
  },
])(
  'rows that lie $note apart are buckets of the step that is given',
  async ({ everyMs, ms, said }) => {
    const read = await open([HEADER, ...rows(40, everyMs)].join('\n'), { ms });
    expect(read).toMatchObject({ stepMs: ms, said: expect.stringContaining(said) });
    expect(read.calls).toBeCloseTo(120, 6);
  },
);

test.for([
  { note: 'of an hour', everyMs: 12 * STEP, want: 12 * STEP },
  { note: 'of seven minutes', everyMs: 7 * 60_000, want: 7 * 60_000 },
  { note: 'of a minute', everyMs: 60_000, want: STEP },
])('buckets $note are judged as they come', async ({ everyMs, want }) => {
  const { stepMs } = await open([HEADER, ...rows(30, everyMs)].join('\n'));
  expect(stepMs).toBe(want);
});

test.for([
  { bucket: '1 min', everyMs: 60_000, step: 3 * STEP, want: 3 * STEP },
  { bucket: '5 min', everyMs: STEP, step: 2 * STEP, want: 2 * STEP },
  { bucket: '5 min', everyMs: STEP, step: 12 * STEP, want: 12 * STEP },
  { bucket: '10 min', everyMs: 2 * STEP, step: 3 * STEP, want: 4 * STEP },
  { bucket: '10 min', everyMs: 2 * STEP, step: 12 * STEP, want: 12 * STEP },
  { bucket: '7 min', everyMs: 7 * 60_000, step: 3 * STEP, want: 21 * 60_000 },
  { bucket: '15 min', everyMs: 3 * STEP, step: STEP, want: 3 * STEP },
])(
  'no call is lost or told early with buckets of $bucket at a step of $step ms',
  async ({ everyMs, step, want }) => {
    await writeFile(join(folder, 'steps.csv'), [HEADER, ...rows(60, everyMs)].join('\n'));
    const { feed, stepMs } = await openCsv(
      { csv: 'steps.csv' },
      step,
      createTestIo({ cwd: folder }),
    );
    expect(stepMs).toBe(want);
    let calls = 0;
    for (let to = feed.fromEpochMs + stepMs; to <= feed.toEpochMs; to += stepMs) {
      for (const minute of (await feed.next(to)).minutes) {
        expect(minute.minuteEpochMs).toBeLessThan(to);
        calls += minute.calls;
      }
    }
    expect(calls).toBeCloseTo(180, 6);
  },
);

test('gaps that overlap or touch are one, in the order of time', () => {
  const gap = (from: number, to: number) => ({
    from: new Date(START + from * STEP).toISOString(),
    to: new Date(START + to * STEP).toISOString(),
  });
  const { gaps } = parseGaps([gap(8, 9), gap(1, 3), gap(2, 4), gap(4, 5), gap(1, 2)]);
  expect(gaps).toEqual([
    { fromEpochMs: START + STEP, toEpochMs: START + 5 * STEP },
    { fromEpochMs: START + 8 * STEP, toEpochMs: START + 9 * STEP },
  ]);
});

test('a NUL character costs its row', async () => {
  const lines = [HEADER, ...rows(20), `${rows(1)[0]?.replace('shop', 'sh\0op')}`];
  const { said, calls } = await open(lines.join('\n'));
  expect(said).toBe('usage.csv:22:28: the line holds a NUL character\nusage.csv: 1 row left out\n');
  expect(calls).toBe(60);
});
