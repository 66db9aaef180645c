const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Map([...LETTERS].map((letter, value) => [letter.charCodeAt(0), value]));

/** Bytes as URL-safe base64 without padding (RFC 4648 §5). */
export function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const left = Math.min(3, bytes.length - at);
    const word = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    let text = '';
    for (let digit = 0; digit <= left; digit += 1) text += LETTERS[(word >> (18 - 6 * digit)) & 63];
    parts.push(text);
  }
  return parts.join('');
}

/** The bytes of such a text; undefined when it is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let next = 0;
  for (let index = 0; index < text.length; index += 1) {
    const value = VALUES.get(text.charCodeAt(index));
    if (value === undefined) return undefined;
    word = ((word << 6) | value) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[next] = (word >> bits) & 255;
    next += 1;
  }
  return bytes;
}
