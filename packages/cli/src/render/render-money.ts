/**
 * Renders USD for a person: two digits from a dollar on, more for small amounts so that no cost reads as zero.
 * Plain digits without grouping, as everything the command prints may be pasted elsewhere.
 */
export function renderUsd(usd: number): string {
  if (usd === 0) return '$0.00';
  const size = Math.abs(usd);
  if (size >= 1) return `$${usd.toFixed(2)}`;
  const digits = Math.min(12, Math.max(4, 2 - Math.floor(Math.log10(size)) + 1));
  return `$${usd.toFixed(digits).replace(/(\.\d{2}\d*?)0+$/, '$1')}`;
}
