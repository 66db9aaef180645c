import type { PriceModifiers } from '@tokenmeter/core';
import { describeDatedCards } from './describe-dated-cards.ts';
import { type OttlSource, renderOttlValue } from './render-ottl.ts';
import { describeTableRow, type TableCard, tokenFactor } from './render-ottl-table-row.ts';
import { renderTextList } from './render-text-list.ts';
import { TIER_FACTORS } from './vendor-modifiers.ts';

interface Combination {
  readonly key: string;
  readonly modifiers: PriceModifiers;
}

/** Where a call may be kept. Any region stands for all: vendors ask the same premium everywhere. */
const PLACES: readonly Combination[] = [
  { key: 'us', modifiers: { inferenceGeo: 'us' } },
  { key: 'region', modifiers: { region: 'any' } },
  { key: 'us+region', modifiers: { inferenceGeo: 'us', region: 'any' } },
];

/** A variant: a factor in thousandths on all token rates, or a row of its own. */
type Variant = { readonly factor: number } | { readonly card: TableCard };

/** Rows without repetition. A base row is one text and its variants; variants refer to rows without any. */
export class RowTable {
  readonly #source: OttlSource;
  readonly #tiers: ReadonlySet<string>;
  readonly #numbers = new Map<string, number>();
  readonly #bases: { card: TableCard; variants: ReadonlyMap<string, Variant> }[] = [];
  readonly #others = new Map<string, { number: number; card: TableCard }>();

  constructor(source: OttlSource) {
    this.#source = source;
    this.#tiers = namedTiers(source);
  }

  get size(): number {
    return this.#bases.length + this.#others.size;
  }

  /** The number of the row of a name, or undefined when nothing prices it. */
  add(provider: string, model: string): number | undefined {
    const base = this.#describe(provider, model, {});
    if (base === undefined) return undefined;
    const variants = this.#variantsOf(provider, model, base);
    const key = `${renderHead(base)}${renderRest(base)}${JSON.stringify([...variants])}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#bases.length;
    this.#numbers.set(key, number);
    this.#bases.push({ card: base, variants });
    for (const variant of variants.values()) {
      if ('card' in variant && !this.#others.has(keyOf(variant.card))) {
        this.#others.set(keyOf(variant.card), { number: this.#others.size, card: variant.card });
      }
    }
    return number;
  }

  /** Text of rows; each row ends with the number of its rest. */
  renderHeads(): string {
    const cards = this.#cards();
    const rests = unique(cards.map(renderRest));
    return cards.map((card) => `${renderHead(card)}${numberOf(rests, renderRest(card))}`).join('');
  }

  /** Every rest once; rows without one have the first, which is empty. */
  renderRests(): string {
    return renderTextList([...unique(this.#cards().map(renderRest)).keys()]);
  }

  /** Every set of variants once; the first is empty. */
  renderVariants(): string {
    return renderTexts(unique(this.#variantTexts()));
  }

  /** Texts of numbers of sets of variants, by base row. */
  renderVariantRows(): string {
    const texts = this.#variantTexts();
    const known = unique(texts);
    return renderChunks(
      texts.map((text) => numberOf(known, text)),
      NUMBERS_PER_TEXT,
    );
  }

  #variantTexts(): readonly string[] {
    return this.#bases.map(({ variants }) =>
      [...variants].map(([key, variant]) => `<${key}>${this.#variantText(variant)}`).join(''),
    );
  }

  #variantText(variant: Variant): string {
    if ('factor' in variant) return `-${String(variant.factor + 1).padStart(5, '0')}`;
    const { number = 0 } = this.#others.get(keyOf(variant.card)) ?? {};
    return String(this.#bases.length + number).padStart(6, '0');
  }

  #cards(): readonly TableCard[] {
    return [...this.#bases, ...this.#others.values()].map(({ card }) => card);
  }

  #describe(provider: string, model: string, modifiers: PriceModifiers): TableCard | undefined {
    const { book, since } = this.#source;
    const dated = describeDatedCards(book.findAll(provider, model, modifiers), since);
    return dated === undefined ? undefined : describeTableRow(dated);
  }

  /** Prices under modifiers, by their words. A place is named only where it changes something. */
  #variantsOf(provider: string, model: string, base: TableCard): ReadonlyMap<string, Variant> {
    const variants = new Map<string, Variant>();
    const plain = keyOf(base);
    const describe = (modifiers: PriceModifiers): Variant | undefined => {
      const card = this.#describe(provider, model, modifiers);
      if (card === undefined) return undefined;
      const factor = tokenFactor(base, card);
      return factor === undefined ? { card } : { factor };
    };
    const isOther = (modifiers: PriceModifiers): boolean => {
      const card = this.#describe(provider, model, modifiers);
      return card === undefined || keyOf(card) !== plain;
    };
    const places = PLACES.filter(({ modifiers }) => isOther(modifiers));
    for (const { key, modifiers } of combinationsOf(provider, model, this.#tiers)) {
      // A tier that costs what the normal one does must be told from one that has no price.
      const own = key === '|' ? undefined : describe(modifiers);
      if (own !== undefined) variants.set(`${key}|`, own);
      for (const place of places) {
        const variant = describe({ ...modifiers, ...place.modifiers });
        if (variant !== undefined) variants.set(`${key}|${place.key}`, variant);
      }
    }
    return variants;
  }
}

/** OTTL's time and memory for a text grow with the square of its length, but each text also takes some of its own. */
const NUMBERS_PER_TEXT = 64;
const RATE_DIGITS = 11;
const NUMBER_DIGITS = 5;

/** Texts by number, an empty one first. */
function unique(texts: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...new Set(['', ...texts])].map((text, at) => [text, at]));
}

function numberOf(known: ReadonlyMap<string, number>, text: string): string {
  return String(known.get(text) ?? 0).padStart(NUMBER_DIGITS, '0');
}

function renderTexts(texts: ReadonlyMap<string, number>): string {
  const quoted = [...texts.keys()].map((text) => `"${text.replaceAll('"', '\\"')}"`);
  return `[\n${quoted.join(',\n')}]\n`;
}

function renderChunks(parts: readonly string[], size: number): string {
  const chunks: string[] = [];
  for (let at = 0; at < parts.length; at += size) {
    chunks.push(`"${parts.slice(at, at + size).join('')}"`);
  }
  return `[\n${chunks.join(',\n')}]\n`;
}

function renderHead({ head, rest }: TableCard): string {
  const rates = head.map((rate) => {
    const digits = String(Math.abs(rate)).padStart(rate < 0 ? RATE_DIGITS - 1 : RATE_DIGITS, '0');
    return rate < 0 ? `-${digits}` : digits;
  });
  const hasOthers = [...rest.keys()].some((name) => name !== 'x');
  return `${rates.join(',')},${hasOthers ? 2 : Math.min(rest.size, 1)}`;
}

function renderRest({ rest }: TableCard): string {
  return rest.size === 0 ? '' : renderOttlValue(rest);
}

function keyOf(card: TableCard): string {
  return `${renderHead(card)}${renderRest(card)}`;
}

/** Tiers that any row prices by name. */
function namedTiers({ book }: OttlSource): ReadonlySet<string> {
  const rows = book.layers.flatMap((layer) => layer.rows);
  const own = rows.flatMap(({ when }) => when?.serviceTier ?? []);
  return new Set([...rows.flatMap(({ variants }) => Object.keys(variants ?? {})), ...own]);
}

/** Every tier and speed that may have a price. */
function combinationsOf(
  provider: string,
  model: string,
  named: ReadonlySet<string>,
): readonly Combination[] {
  const tiers = new Set(['', ...(TIER_FACTORS.get(provider)?.keys() ?? []), ...named]);
  const speeds = model.includes('claude') ? ['', 'fast'] : [''];
  return [...tiers].sort().flatMap((serviceTier) =>
    speeds.map((speed) => ({
      key: `${serviceTier}|${speed}`,
      modifiers: { serviceTier, speed },
    })),
  );
}
