import { expect, test } from 'vitest';
import { renderCsv } from './render-csv.ts';
import { renderUsd } from './render-money.ts';
import { renderTable } from './render-table.ts';

test.for([
  { usd: 0, want: '$0.00' },
  { usd: 1250, want: '$1250.00' },
  { usd: 1, want: '$1.00' },
  { usd: 0.5, want: '$0.50' },
  { usd: 0.0125, want: '$0.0125' },
  { usd: 0.00015, want: '$0.00015' },
  { usd: 0.000000075, want: '$0.000000075' },
  { usd: -0.25, want: '$-0.25' },
])('$usd USD reads as $want', ({ usd, want }) => {
  expect(renderUsd(usd)).toBe(want);
});

test('numbers stand on the right and names on the left', () => {
  const columns = [
    { name: 'feature', isNumeric: false },
    { name: 'usd', isNumeric: true },
  ];
  expect(
    renderTable(columns, [
      ['chat', '1.5'],
      ['summarize', '12'],
    ]),
  ).toBe('feature    usd\n─────────  ───\nchat       1.5\nsummarize   12\n');
});

test('control characters from telemetry never reach the terminal', () => {
  const table = renderTable([{ name: 'model', isNumeric: false }], [['\u001b[31mred\u0007']]);
  expect(table).toBe('model\n─────────\n·[31mred·\n');
});

test.for([
  { note: 'plain', row: ['a', 1, true], want: 'a,1,true\n' },
  { note: 'null is empty', row: [null, 0, ''], want: ',0,\n' },
  {
    note: 'quotes and commas',
    row: ['a,b', 'say "x"', 'two\nlines'],
    want: '"a,b","say ""x""","two\nlines"\n',
  },
])('CSV: $note', ({ row, want }) => {
  expect(renderCsv(['x', 'y', 'z'], [row])).toBe(`x,y,z\n${want}`);
});
