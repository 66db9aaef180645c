import { createPriceBook, type PriceBook } from './price-book.ts';

/** A row that refers to prices that its book does not have. It prices nothing. */
export interface UnknownBase {
  readonly layer: string;
  readonly row: string;
  readonly base: string;
}

/** Rows of a book whose `base` names no known model, for checks of price files. */
export function unknownBases(book: PriceBook): readonly UnknownBase[] {
  const open = createPriceBook(book.layers.map((layer) => ({ ...layer, mode: 'overlay' })));
  return book.layers.flatMap((layer) =>
    layer.rows.flatMap(({ id, base }) => {
      if (base === undefined || base === 'below') return [];
      const slash = base.indexOf('/');
      const found = open.find(base.slice(0, slash), base.slice(slash + 1));
      return found === undefined ? [{ layer: layer.name, row: id, base }] : [];
    }),
  );
}
