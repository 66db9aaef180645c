/** Longest name that an alert repeats. */
const LONGEST_NAME = 120;
/** Stands for a name of nothing, or of nothing that can be seen. */
const NAMELESS = '(no name)';
/** Longest free text, such as the words of a person who acknowledges. */
const LONGEST_NOTE = 1000;

/** Line breaks of every kind and other white space. */
const BREAKS = /[\s\u0085]+/g;
/** Control characters, invisible ones and those that turn the direction of text around, halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

/**
 * Makes one line of a name that came from outside: no control characters, nothing invisible, at most 120 characters.
 *
 * It is still text, not markup: each channel escapes it in its own way.
 */
export function cleanName(text: string): string {
  const cleaned = text.replaceAll(BREAKS, ' ').replaceAll(UNSEEN, '').trim();
  return cleaned === '' ? NAMELESS : clip(cleaned, LONGEST_NAME);
}

/** The same for a sentence: at most 1,000 characters. */
export function cleanNote(text: string): string {
  return clip(text.replaceAll(BREAKS, ' ').replaceAll(UNSEEN, '').trim(), LONGEST_NOTE);
}

/** Cuts text to at most `most` characters, with an ellipsis where something is missing; never inside a character. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, Math.max(0, most - 1));
  const isSplit = /[\ud800-\udbff]$/.test(cut);
  return `${isSplit ? cut.slice(0, -1) : cut}…`;
}

/** Removes control characters and invisible ones from text of several lines; the line breaks stay. */
export function cleanLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replaceAll(UNSEEN, ''))
    .join('\n');
}
