import { expect, test } from 'vitest';
import { type SseData, SseReader } from './sse-reader.ts';

function read(text: string, pieceLength: number): readonly SseData[] {
  const seen: SseData[] = [];
  const reader = new SseReader((data) => seen.push(data));
  for (let at = 0; at < text.length; at += pieceLength) {
    reader.push(text.slice(at, at + pieceLength));
  }
  reader.flush();
  return seen;
}

const event = (text: string, name = '', isTentative = false): SseData => ({
  event: name,
  text,
  isTentative,
});

test.for([
  { note: 'LF', text: 'data: a\n\ndata:b\n\n', want: [event('a'), event('b')] },
  { note: 'CRLF', text: 'data: a\r\n\r\ndata:b\r\n\r\n', want: [event('a'), event('b')] },
  { note: 'CR', text: 'data: a\r\rdata:b\r\r', want: [event('a'), event('b')] },
  { note: 'several data lines', text: 'data: a\ndata: b\n\n', want: [event('a\nb')] },
  {
    note: 'comments and fields',
    text: ': ping\nid: 1\nretry: 5\n\ndata: a\n\n',
    want: [event('a')],
  },
  {
    note: 'an event name',
    text: 'event: x\ndata: a\n\ndata: b\n\n',
    want: [event('a', 'x'), event('b')],
  },
  { note: 'no closing blank line', text: 'data: a\n', want: [event('a', '', true)] },
  { note: 'no closing line end', text: 'data: a', want: [event('a', '', true)] },
  { note: 'an event name alone', text: 'event: x\n\n', want: [] },
])('$note', ({ text, want }) => {
  for (const pieceLength of [1, 2, 3, 1000]) expect(read(text, pieceLength)).toEqual(want);
});
