/** What no text shows: control characters but line ends and tabs, and marks that turn the direction of reading. */
const CONTROL = /[^\P{Cc}\t\n\r]|[\u202A-\u202E\u2066-\u2069]/gu;

/** Text as it may stand in HTML or SVG, in an element or a double-quoted attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(CONTROL, '\u00B7')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
