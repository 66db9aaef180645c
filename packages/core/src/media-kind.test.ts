import { expect, test } from 'vitest';
import { mediaKind } from './media-kind.ts';

test.for([
  [undefined, []],
  ['', []],
  ['application/json', ['isTextual']],
  ['Application/JSON; charset=utf-8', ['isTextual']],
  ['text/event-stream', ['isTextual']],
  ['application/x-ndjson', ['isTextual']],
  ['application/vnd.amazon.eventstream', ['isEventStream', 'isTextual']],
  ['audio/mpeg', ['isMedia']],
  ['IMAGE/png', ['isMedia']],
  ['video/mp4', ['isMedia']],
  ['application/octet-stream', ['isMedia']],
  ['application/pdf', []],
  ['x-audio/mpeg', []],
] as const)('a body of %s is %j', ([contentType, kinds]) => {
  // The second answer is the remembered one.
  for (const kind of [mediaKind(contentType), mediaKind(contentType)]) {
    const is = Object.entries(kind).flatMap(([name, value]) => (value ? [name] : []));
    expect(is).toEqual(kinds);
  }
});
