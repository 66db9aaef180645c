import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bucketOf, createCsvFeed, isInputTotal } from './csv-feed.ts';
import { orderRows } from './order-rows.ts';
import { parseGaps } from './read-gaps.ts';
import { readUsageCsv } from './read-usage-csv.ts';

const HEADER =
  'time,service,feature,model,provider,calls,cost_usd,input_tokens,cache_read_tokens,output_tokens';
const NOW = Date.UTC(2026, 10, 1);
const signal = new AbortController().signal;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenmeter-csv-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(lines: readonly string[], header = HEADER) {
  const path = join(folder, `${Math.random()}.csv`);
  await writeFile(path, `${[header, ...lines].join('\n')}\n`);
  const csv = await readUsageCsv(path, { signal });
  const rows = orderRows(csv.table, { nowEpochMs: NOW, problems: csv.problems });
  return { ...csv, rows };
}

function line(time: string, calls = '1', rest = '0.5,100,0,20'): string {
  return `${time},shop,chat,gpt-5-mini,openai,${calls},${rest}`;
}

describe('rows that cannot be used are left out with their line and the reason', () => {
  test.for([
    {
      note: 'NaN',
      column: 50,
      row: line('2026-10-01T00:05:00Z', 'NaN'),
      want: 'calls is not a number: "NaN"',
    },
    {
      note: 'empty calls',
      column: 50,
      row: line('2026-10-01T00:05:00Z', ''),
      want: 'calls is not a number: ""',
    },
    {
      note: 'negative',
      column: 50,
      row: line('2026-10-01T00:05:00Z', '-3'),
      want: 'calls is negative: "-3"',
    },
    {
      note: 'infinite',
      column: 52,
      row: line('2026-10-01T00:05:00Z', '1', 'Infinity,1,0,1'),
      want: 'cost_usd is not finite: "Infinity"',
    },
    {
      note: 'overflowing',
      column: 52,
      row: line('2026-10-01T00:05:00Z', '1', '1e999,1,0,1'),
      want: 'cost_usd is not finite: "1e999"',
    },
    {
      note: 'words for a time',
      column: 1,
      row: line('yesterday'),
      want: 'time is not ISO 8601: "yesterday"',
    },
    {
      note: 'no such day',
      column: 1,
      row: line('2026-02-30T00:00:00Z'),
      want: 'time is not ISO 8601: "2026-02-30T00:00:00Z"',
    },
    {
      note: 'between minutes',
      column: 1,
      row: line('2026-10-01T00:05:30Z'),
      want: 'time is not the start of a minute: "2026-10-01T00:05:30Z"',
    },
    {
      note: 'a quote that is not closed, which costs one row and not the rest of the file',
      row: '2026-10-01T00:05:00Z,shop,"chat,gpt-5-mini,openai,1,0.5,100,0,20',
      column: 27,
      want: 'a quote is opened and not closed',
    },
    {
      note: 'after a quoted comma',
      row: '2026-10-01T00:05:00Z,"a, b",chat,gpt-5-mini,openai,x,0.5,100,0,20',
      column: 52,
      want: 'calls is not a number: "x"',
    },
    {
      note: 'a comma within a number',
      row: '2026-10-01T00:05:00Z,shop,chat,gpt-5-mini,openai,1,000,0.5,100,0,20',
      want: 'expected at most 10 cells, got 11',
    },
    { note: 'short', row: '2026-10-01T00:05:00Z,shop', want: 'expected at least 10 cells, got 2' },
    {
      note: 'repeated',
      row: line('2026-10-01T00:00:00Z', '7'),
      want: 'same series and time as line 2, which counts',
    },
    {
      note: 'future',
      row: line('2126-10-01T00:00:00Z'),
      want: 'time is in the future: 2126-10-01T00:00:00.000Z',
    },
    {
      note: 'long ago',
      row: line('1970-01-01T00:00:00Z'),
      want: 'time is more than four weeks away from most rows: 1970-01-01T00:00:00.000Z',
    },
  ])('$note', async ({ row, want, column }) => {
    const good = Array.from({ length: 120 }, (_, index) =>
      line(new Date(Date.UTC(2026, 9, 1) + index * 300_000).toISOString()),
    );
    const [first = '', ...others] = good.filter(
      (one) => !row.includes('00:05:00Z') || !one.includes('00:05:00'),
    );
    const { problems, rows } = await read([first, row, ...others]);
    expect(problems.first).toEqual([{ line: 3, ...(column && { column }), reason: want }]);
    expect(rows.length).toBe(others.length + 1);
  });
});

test('a row without a cost has calls without a price', async () => {
  const { table, problems } = await read([line('2026-10-01T00:00:00Z', '4', ',100,0,20')]);
  expect(problems.count).toBe(0);
  expect(table.minute(0, 0)).toMatchObject({ calls: 4, costUsd: 0, unpricedCalls: 4 });
});

test('a header without a needed column is refused by name', async () => {
  await expect(read([], 'time,service')).rejects.toThrow('no column feature, model, provider');
});

test('columns may come in any order, with others between, quoted and after a byte order mark', async () => {
  const header = `\uFEFF${HEADER.split(',').reverse().join(',')},comment`;
  const cells = line('2026-10-01T00:00:00Z').split(',').reverse();
  const { table, problems } = await read([`${cells.join(',')},"a, ""b"""`], header);
  expect(problems.count).toBe(0);
  expect(table.series[0]?.labels.feature).toBe('chat');
});

test('lines may end as on Windows, and the last one may not end', async () => {
  const path = join(folder, 'windows.csv');
  await writeFile(
    path,
    [HEADER, line('2026-10-01T00:00:00Z'), ''].join('\r\n') + line('2026-10-01T00:05:00Z', '7'),
  );
  const { table, problems } = await readUsageCsv(path, { signal });
  expect(problems.count).toBe(0);
  expect([0, 1].map((row) => table.minute(row, 0)?.calls)).toEqual([1, 7]);
});

test('rows in declared gaps are left out and counted', async () => {
  const path = join(folder, 'gaps.csv');
  const times = ['00:00', '00:05', '00:10', '00:15'].map((time) => line(`2026-10-01T${time}:00Z`));
  await writeFile(path, [HEADER, ...times].join('\n'));
  const { table, problems } = await readUsageCsv(path, { signal });
  const gaps = [
    { fromEpochMs: Date.UTC(2026, 9, 1, 0, 5), toEpochMs: Date.UTC(2026, 9, 1, 0, 15) },
  ];
  expect([...orderRows(table, { nowEpochMs: NOW, problems, gaps })]).toEqual([0, 3]);
  expect(problems.remarks).toEqual(['2 rows lie in declared gaps; left out']);
});

test('what each prompt version cost is kept beside the sum', async () => {
  const time = '2026-10-01T00:00:00Z';
  const { table, rows, problems } = await read(
    [`${line(time, '2')},v1`, `${line(time, '3')},v2`, line(time, '4')],
    `${HEADER},prompt_version`,
  );
  const feed = createCsvFeed(table, rows, { gaps: [], stepMs: 60_000, isInputTotal: false });
  const { minutes } = await feed.next(feed.toEpochMs);
  expect(problems.count).toBe(0);
  expect(minutes.map(({ calls, byPromptVersion }) => ({ calls, byPromptVersion }))).toEqual([
    {
      calls: 9,
      byPromptVersion: {
        v1: { pricedCalls: 2, costUsd: 0.5 },
        v2: { pricedCalls: 3, costUsd: 0.5 },
      },
    },
  ]);
});

test('rows in any order give the same feed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...Array(30).keys()], { minLength: 30 }),
      async (order) => {
        const lines = order.map((index) =>
          line(new Date(Date.UTC(2026, 9, 1) + index * 300_000).toISOString(), String(index)),
        );
        const { table, rows } = await read(lines);
        const feed = createCsvFeed(table, rows, { gaps: [], stepMs: 300_000, isInputTotal: false });
        const { minutes } = await feed.next(feed.toEpochMs);
        expect(minutes.map((minute) => minute.calls)).toEqual([...Array(30).keys()]);
      },
    ),
    { numRuns: 10 },
  );
});

test('users of one series are one row for the rules', async () => {
  const time = '2026-10-01T00:00:00Z';
  const { table, rows, problems } = await read(
    [`${line(time)},ann`, `${line(time)},bob`],
    `${HEADER},user`,
  );
  const feed = createCsvFeed(table, rows, { gaps: [], stepMs: 60_000, isInputTotal: false });
  const { minutes } = await feed.next(feed.toEpochMs);
  expect(problems.count).toBe(0);
  expect(minutes.map(({ calls, costUsd }) => [calls, costUsd])).toEqual([[2, 1]]);
});

test.for([
  { note: 'cached beyond input', rows: ['0.5,100,300,20'], want: false },
  { note: 'cached within input', rows: ['0.5,400,300,20', '0.5,400,0,20'], want: true },
  { note: 'nothing cached', rows: ['0.5,400,0,20'], want: false },
])('input tokens contain the cached ones: $note', async ({ rows, want }) => {
  const { table } = await read(
    rows.map((rest, index) => line(`2026-10-01T00:0${index}:00Z`, '1', rest)),
  );
  expect(isInputTotal(table)).toBe(want);
});

test('buckets of an hour are spread over five minutes, and nothing is lost', async () => {
  const { table, rows } = await read([
    line('2026-10-01T00:00:00Z', '12'),
    line('2026-10-01T01:00:00Z', '24'),
  ]);
  expect(bucketOf(table, rows)).toBe(3_600_000);
  const feed = createCsvFeed(table, rows, { gaps: [], stepMs: 3_600_000, isInputTotal: false });
  const { minutes } = await feed.next(feed.fromEpochMs + 3_600_000);
  expect(minutes.map((minute) => minute.calls)).toEqual(Array(12).fill(1));
});

test.for([
  { note: 'an array', value: [{ from: '2026-10-01', to: '2026-10-02' }], want: 1 },
  { note: 'an object', value: { gaps: [{ from: '2026-10-01', to: '2026-10-02' }] }, want: 1 },
  { note: 'no list', value: 7, want: ['expected an array of gaps'] },
  {
    note: 'a gap that ends before it begins',
    value: [{ from: '2026-10-02', to: '2026-10-01' }],
    want: ['gap 1: "to" must be after "from"'],
  },
  { note: 'no time', value: [{ from: 'x', to: 3 }], want: ['gap 1: "from" is not a time: "x"'] },
])('gaps: $note', ({ value, want }) => {
  const { gaps, problems } = parseGaps(value);
  expect(typeof want === 'number' ? gaps.length : problems).toEqual(want);
});
