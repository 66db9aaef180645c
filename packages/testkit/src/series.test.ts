import { expect, test } from 'vitest';
import { series } from './series.ts';

test.for([
  { note: 'a number is one value', notation: '5', want: [5] },
  { note: 'x repeats', notation: '0x3 5x2', want: [0, 0, 0, 5, 5] },
  { note: 'a step adds up', notation: '10+2x3', want: [10, 12, 14] },
  { note: 'a step may fall', notation: '1-0.5x3', want: [1, 0.5, 0] },
  { note: 'an underscore is a hole', notation: '1 _x2 3', want: [1, undefined, undefined, 3] },
  { note: 'x0 is nothing', notation: '7x0 1', want: [1] },
  { note: 'white space does not matter', notation: '  1\n 2\t3 ', want: [1, 2, 3] },
  { note: 'the empty notation is the empty series', notation: '', want: [] },
])('$note', ({ notation, want }) => {
  expect(series(notation)).toEqual(want);
});

test.for(['x5', '5x', 'five', '_+1x3', '1x-2', '1e3'])('%s is refused by name', (term) => {
  expect(() => series(`1 ${term}`)).toThrow(`got ${term}`);
});
