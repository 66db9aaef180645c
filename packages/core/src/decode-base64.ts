const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const VALUES: ReadonlyMap<string, number> = new Map(
  [...ALPHABET].map((character, index) => [character, index]),
);

/**
 * Decodes base64 to text of one character per byte: JSON stays JSON, only non-ASCII content is garbled. Stops at the
 * padding; undefined when another character than base64's comes before it.
 */
export function decodeBase64(encoded: string): string | undefined {
  const codes: number[] = [];
  let bits = 0;
  let bitCount = 0;
  for (const character of encoded) {
    if (character === '=') break;
    const value = VALUES.get(character);
    if (value === undefined) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      codes.push((bits >> bitCount) & 0xff);
    }
  }
  let text = '';
  for (let at = 0; at < codes.length; at += 8192) {
    text += String.fromCharCode(...codes.slice(at, at + 8192));
  }
  return text;
}
