import type { SqlResult } from './api.ts';

function renderCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  // A spreadsheet would run a text that begins like a formula.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Renders rows as CSV (RFC 4180) with a header line. Texts that a spreadsheet would take for formulas are quoted. */
export function renderCsv(result: SqlResult): string {
  const lines = [result.columns.map((column) => column.name), ...result.rows];
  return lines.map((line) => `${line.map(renderCell).join(',')}\r\n`).join('');
}
