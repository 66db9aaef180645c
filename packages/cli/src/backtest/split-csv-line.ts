import { parse } from 'csv-parse/sync';

/** Cells of a line, or what is wrong with it and at which character, from 1. */
export type CsvLine =
  | { readonly ok: true; readonly cells: readonly string[] }
  | { readonly ok: false; readonly column: number; readonly reason: string };

/** Splits one line of CSV. Quoted cells may hold commas and doubled quotes, but no line break. Never throws. */
export function splitCsvLine(line: string): CsvLine {
  if (!line.includes('"')) return { ok: true, cells: line.split(',') };
  try {
    const [cells = []] = parse(line, { relax_column_count: true });
    return { ok: true, cells };
  } catch {
    const { column, isOpen } = walk(line, Number.POSITIVE_INFINITY);
    const reason = isOpen ? 'a quote is opened and not closed' : 'a quote is out of place';
    return { ok: false, column: isOpen ? column : line.indexOf('"') + 1, reason };
  }
}

/** The character, from 1, at which a cell of a line begins. */
export function columnOfCell(line: string, index: number): number {
  return walk(line, index).column;
}

/** Passes cells, counted from 0; with an open quote `column` is that of its cell. */
function walk(line: string, index: number): { readonly column: number; readonly isOpen: boolean } {
  let start = 0;
  let isOpen = false;
  let passed = 0;
  for (let at = 0; at < line.length && passed < index; at += 1) {
    if (line[at] === '"') isOpen = !isOpen;
    if (line[at] !== ',' || isOpen) continue;
    passed += 1;
    start = at + 1;
  }
  return { column: start + 1, isOpen };
}
