import { nextValue } from './scan-json.ts';

/** Finds, in a text of whole events, where the first begins that may matter; every event before it is dull. */
export type Skim = (from: number) => number;

/**
 * Skims server-sent chunks of chat completions (`data: {…}` and a blank line each).
 *
 * A chunk is dull that has `choices` and neither a usage nor a finish reason but null; errors have no choices, or come
 * first. Nearly all chunks are dull, and what is looked for is looked for in all of them at once: that costs half of
 * cutting them out and looking at each. Whatever is written in another way is not passed over.
 */
export function skimChunks(text: string): Skim {
  let usage = -1;
  let finish = -1;
  let choices = -1;
  /** Mostly they stand where they stood in the event before. */
  let offset = 0;
  return (from) => {
    if (usage < from) usage = nextValue(text, 'usage"', from);
    if (finish < from) finish = nextValue(text, 'finish_reason"', from);
    const stop = Math.min(usage, finish);
    let at = from;
    for (let end = endOfEvent(text, at); end >= 0 && end < stop; end = endOfEvent(text, at)) {
      if (choices < at) choices = find(text, at, at + offset);
      if (choices > end) break;
      offset = choices - at;
      at = end + 2;
    }
    return at;
  };
}

/** The end of the line of an event that is one object; -1 where none is, or it is not whole. */
function endOfEvent(text: string, at: number): number {
  const end = isObject(text, at) ? text.indexOf('\n', at) : -1;
  return end >= 0 && text.charCodeAt(end + 1) === 0x0a ? end : -1;
}

/** True where `data: {"` begins, and no first member that may be an error. Single characters, because it is asked often. */
function isObject(text: string, at: number): boolean {
  return (
    text.charCodeAt(at) === 0x64 &&
    text.charCodeAt(at + 4) === 0x3a &&
    text.charCodeAt(at + 5) === 0x20 &&
    text.charCodeAt(at + 6) === 0x7b &&
    text.charCodeAt(at + 8) !== 0x65
  );
}

const CHOICES = 'choices"';

/** Where the next choices are, looked for at `guess` first; infinity where there are none. */
function find(text: string, from: number, guess: number): number {
  let length = 0;
  while (
    length < CHOICES.length &&
    text.charCodeAt(guess + length) === CHOICES.charCodeAt(length)
  ) {
    length += 1;
  }
  if (length === CHOICES.length) return guess;
  const at = text.indexOf(CHOICES, from);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}
