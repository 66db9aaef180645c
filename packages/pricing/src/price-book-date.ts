import { parseInstant } from './parse-instant.ts';
import { type PriceBook, visibleLayers } from './price-book.ts';

/**
 * When the newest price table of a book was last known to be right, in Unix seconds. Files of users tell nothing of a table
 * below them; where there is no table, the newest date of their rows counts. Undefined when nothing has a date.
 */
export function priceBookDate({ layers }: Pick<PriceBook, 'layers'>): number | undefined {
  const visible = visibleLayers(layers);
  const tables = visible.filter(({ source }) => source !== 'user');
  const dates = (tables.length > 0 ? tables : visible).flatMap(({ date, rows }) =>
    date === undefined ? rows.map(({ refreshed }) => refreshed) : [date],
  );
  let newest: number | undefined;
  for (const date of dates) {
    const seconds = date === undefined ? undefined : epochSeconds(date);
    if (seconds !== undefined && seconds > (newest ?? 0)) newest = seconds;
  }
  return newest;
}

function epochSeconds(date: string): number | undefined {
  const instant = parseInstant(date);
  return instant === undefined ? undefined : Math.floor(instant.epochMs / 1000);
}
