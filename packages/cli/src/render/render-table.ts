/** One column of a table. Numbers stand on the right. */
export interface TableColumn {
  readonly name: string;
  readonly isNumeric: boolean;
}

const MAX_CELL = 60;

/** Control characters could drive the terminal; cells come from telemetry. */
function plain(text: string): string {
  let result = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    result += code < 0x20 || (code >= 0x7f && code < 0xa0) ? '·' : character;
  }
  return result.length > MAX_CELL ? `${result.slice(0, MAX_CELL - 1)}…` : result;
}

/** Renders rows under their column names, aligned for a terminal. Missing cells are empty. */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): string {
  const cells = rows.map((row) => columns.map((_, index) => plain(row[index] ?? '')));
  const widths = columns.map((column, index) =>
    Math.max(column.name.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const line = (texts: readonly string[]): string =>
    columns
      .map((column, index) => {
        const text = texts[index] ?? '';
        const width = widths[index] ?? 0;
        return column.isNumeric ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const names = columns.map((column) => column.name);
  const rules = widths.map((width) => '─'.repeat(width));
  return [line(names), line(rules), ...cells.map(line), ''].join('\n');
}
