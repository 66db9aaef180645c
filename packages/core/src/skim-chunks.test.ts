import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSseReader } from './body-readers.ts';
import { openaiChat } from './openai-chat.ts';
import type { Protocol } from './protocol.ts';
import { ResponseDraft } from './response-draft.ts';
import { skimChunks } from './skim-chunks.ts';

const chunk = (content: string, rest: object = { finish_reason: null }): string =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ delta: { content }, ...rest }] })}\n\n`;
const DULL = chunk('word');

test.for([
  { note: 'another dull chunk', next: chunk('other'), isPassed: true },
  { note: 'names of members in the content', next: chunk('"usage":{"a":1}'), isPassed: true },
  { note: 'choices in another place', next: chunk('x').replace('"c"', '"long"'), isPassed: true },
  { note: 'no usage yet', next: chunk('x').replace(']}', '],"usage":null}'), isPassed: true },
  { note: 'a usage', next: chunk('x').replace(']}', '],"usage":{}}'), isPassed: false },
  { note: 'a reason', next: chunk('', { finish_reason: 'stop' }), isPassed: false },
  { note: 'no choices', next: 'data: {"message":"overloaded"}\n\n', isPassed: false },
  { note: 'an error', next: 'data: {"error":{},"choices":[]}\n\n', isPassed: false },
  { note: 'the end', next: 'data: [DONE]\n\n', isPassed: false },
  { note: 'a comment', next: ': ping\n\n', isPassed: false },
  { note: 'a named event', next: `event: x\n${DULL}`, isPassed: false },
  { note: 'no space', next: DULL.replace('data: ', 'data:'), isPassed: false },
  { note: 'an event in two lines', next: DULL.replace('\n\n', '\ndata: x\n\n'), isPassed: false },
  { note: 'an event that is cut', next: DULL.slice(0, -1), isPassed: false },
])('after dull chunks comes $note: passed over $isPassed', ({ next, isPassed }) => {
  const text = DULL + DULL + next;
  expect(skimChunks(text)(0)).toBe(isPassed ? text.length : 2 * DULL.length);
});

/** Texts that are near to members, quotes and line ends. */
const contents = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('"usage":{"a":1}', '\\', 'finish_reason":"stop', 'choices"', '\n', '"}]}'),
);
const bodies = fc
  .record({
    id: fc.constantFrom('', 'chatcmpl-1', undefined),
    content: fc.option(contents, { nil: null }),
    reason: fc.constantFrom(null, null, null, null, undefined, 'stop'),
    usage: fc.constantFrom(undefined, undefined, undefined, null, { prompt_tokens: 1 }),
    error: fc.constantFrom(undefined, undefined, undefined, undefined, { code: 'x' }),
    space: fc.constantFrom(0, 0, 0, 1),
  })
  .map(({ id, content, reason, usage, error, space }) => {
    const choices = [{ index: 0, delta: { content }, finish_reason: reason }];
    return JSON.stringify(error === undefined ? { id, choices, usage } : { error, id }, null, space)
      .split('\n')
      .join(' ');
  });
const events = fc.oneof(
  { weight: 12, arbitrary: bodies.map((body) => `data: ${body}\n\n`) },
  { weight: 1, arbitrary: bodies.map((body) => `event: x\r\ndata: ${body}\r\n\r\n`) },
  { weight: 1, arbitrary: bodies.map((body) => `data:${body}\n\n`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(': ping\n\n', 'data: [DONE]\n\n', '\n', 'data: {"a":\n'),
  },
);

test('skimmed or not, a stream tells the same', { timeout: 240_000 }, () => {
  const { skim: _skim, ...plain } = openaiChat;
  const pieces = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(events, { maxLength: 40 }), pieces, (list, lengths) => {
      const text = list.join('');
      expect(read(openaiChat, text, lengths)).toEqual(read(plain, text, lengths));
    }),
    { numRuns: 1000 },
  );
});

/** What a protocol makes of a text that comes in pieces of these lengths, again and again. */
function read(protocol: Protocol, text: string, lengths: readonly number[]): object {
  const draft = new ResponseDraft();
  const reader = createSseReader({ protocol, draft });
  for (let at = 0, index = 0; at < text.length; index += 1) {
    const length = lengths[index % lengths.length] ?? 1;
    reader.push(text.slice(at, at + length));
    at += length;
  }
  reader.flush();
  const { model, responseId, finishReasons, usage, errorType, isComplete, problems } = draft;
  return { model, responseId, finishReasons, usage, errorType, isComplete, problems };
}
