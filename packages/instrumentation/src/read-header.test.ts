import { expect, test } from 'vitest';
import { readHeader } from './read-header.ts';
import { resendCountOf } from './resend-count.ts';

test.for<{ note: string; headers: unknown; want: string | undefined }>([
  { note: 'a list of texts', headers: ['A', '1', 'Content-Type', 'x/y'], want: 'x/y' },
  {
    note: 'a list of buffers',
    headers: [Buffer.from('content-type'), Buffer.from('x/y')],
    want: 'x/y',
  },
  { note: 'an object', headers: { 'content-type': 'x/y' }, want: 'x/y' },
  { note: 'an object in other case', headers: { 'Content-Type': ['x/y', 'z'] }, want: 'x/y' },
  { note: 'raw text', headers: 'a: 1\r\nContent-Type: x/y\r\n', want: 'x/y' },
  { note: 'absent', headers: ['a', '1'], want: undefined },
  { note: 'nothing', headers: undefined, want: undefined },
])('reads a header from $note', ({ headers, want }) => {
  expect(readHeader(headers, 'content-type')).toBe(want);
});

test.for([
  { headers: {}, want: 0 },
  { headers: { 'x-stainless-retry-count': '2' }, want: 2 },
  { headers: { 'x-stainless-retry-count': 'x' }, want: 0 },
  { headers: { 'amz-sdk-request': 'attempt=1; max=3' }, want: 0 },
  { headers: { 'amz-sdk-request': 'attempt=3; max=3' }, want: 2 },
])('resend count of $headers is $want', ({ headers, want }) => {
  const header = (name: string): string | undefined => readHeader(headers, name);
  expect(resendCountOf({ method: 'POST', host: 'h', path: '/', header })).toBe(want);
});
