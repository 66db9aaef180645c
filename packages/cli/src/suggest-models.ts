import type { PriceBook } from '@tokenmeter/pricing';
import { nearNames } from './near-names.ts';

const MOST_SUGGESTED = 5;
/** So many letters at the start of a name find its family. */
const FAMILY_LETTERS = 8;

/** What to do about a model that no price row matches: the ones that may be meant, and how to look for more. */
export function suggestModels(name: string, book: PriceBook): string {
  const rows = book.layers.flatMap((layer) => layer.rows);
  const part = name.toLowerCase().split('/').at(-1) ?? '';
  const near = new Set(nearNames(part, [...new Set(rows.map(({ model }) => model))]));
  const ids = [
    ...[...near].flatMap((model) => rows.filter((row) => row.model === model).map(({ id }) => id)),
    ...rows
      .map(({ id }) => id)
      .filter((id) => part !== '' && id.toLowerCase().includes(part.slice(0, FAMILY_LETTERS))),
  ];
  const some = [...new Set(ids)].slice(0, MOST_SUGGESTED);
  return some.length === 0
    ? 'look for it with: tokenmeter prices find WORD, or give it a price with --prices FILE'
    : `there are ${some.join(', ')}; look for more with: tokenmeter prices find WORD`;
}
