/**
 * Eight hexadecimal digits that differ when the text differs (32-bit FNV-1a over UTF-16 units). It names versions; it does not
 * protect against forgery.
 */
export function contentHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
