const DIGITS = 7;

/** Length in UTF-8, as OTTL counts. */
export function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

/**
 * Texts by number as one text, from which `Substring` takes them: first where each begins and how long it is, in bytes and
 * 7 digits each, then the texts.
 */
export function renderTextList(texts: readonly string[]): string {
  let begin = texts.length * DIGITS * 2;
  const places = texts.map((text) => {
    const length = utf8Length(text);
    const place = digitsOf(begin) + digitsOf(length);
    begin += length;
    return place;
  });
  return [...places, ...texts].join('');
}

function digitsOf(number: number): string {
  return String(number).padStart(DIGITS, '0');
}
