import type { PriceModifiers } from '@tokenmeter/core';
import { contentHash } from './content-hash.ts';
import { MAKERS } from './find-rows.ts';
import type { PriceBook } from './price-book.ts';
import { PRICE_PROVIDERS } from './provider-ids.ts';
import {
  describeOttlSource,
  leaveOut,
  type OttlLeftOut,
  type OttlSource,
  renderOttlValue,
  withoutSeparator,
} from './render-ottl.ts';
import { describeDatedCards, type OttlMap, type OttlValue } from './render-ottl-row.ts';
import { describeTableRow, type TableCard, tokenFactor } from './render-ottl-table-row.ts';
import { STANDARD, TIER_FACTORS, TIER_NAMES } from './vendor-modifiers.ts';

/** How much of a book is written. */
export interface OttlTableOptions {
  /** Start of the oldest call that will be priced. Earlier periods are left out; undefined keeps all of them. */
  readonly epochMs?: number;
}

/**
 * The prices of a book as OTTL literals. Two names with the same prices share one row, which keeps them small: a Collector
 * reads them at every start.
 */
export interface OttlTables {
  /** `{"#": {…}, provider: {model: number of its row}}`, lower-case; providers as the price table names them. */
  readonly names: string;
  /** Names that releases may follow (`prefix`), some also behind other words (`infix`): `{provider: {"prefix": {…}, …}}`. */
  readonly patterns: string;
  /**
   * `[row, …]`. A row is `[input, output, cache_read, cache_write, reasoning, rest]`: pico-USD per token, −1 for no price;
   * rest is 0 or a map of `x` (rates of further classes; absent: `input_image` and `input_video` as input, `cache_write_5m`
   * as cache_write, others have no price), `call_fee`, `second`, `free`, `s` (source, where not the bundled snapshot), `t1` …
   * (long-context cards with `above`, `r` and the like) and `p1` … (periods with `from`, `until`, maybe `first`, `last`,
   * `days`, `not`, and a card: the last one in force replaces the row).
   */
  readonly rows: string;
  /**
   * `[{modifiers: variant}, …]` by the number of a row. Modifiers are `tier|speed|place`, such as `flex||` or `|fast|us`; the
   * place `us` is inference in the US, `region` any region, `us+region` both. A variant is the number of a row, or below 0:
   * −1 minus the thousandths by which all token rates are multiplied and rounded half up.
   */
  readonly variants: string;
  /** Other names of providers, lower-case, and the price table's: `{"gcp.gemini": "google", …}`. */
  readonly providers: string;
  /** `gen_ai.provider.name` of who makes a model: for calls that name no provider. */
  readonly makers: string;
  /** Vendors' words for service tiers, and those that count; `""` is the normal tier. */
  readonly tiers: string;
  /** Version of the book. */
  readonly version: string;
  /** Hash over all of the above. */
  readonly hash: string;
  readonly nameCount: number;
  readonly rowCount: number;
  readonly leftOut: readonly OttlLeftOut[];
}

/** Renders the tables of a book. The same book gives the same text. */
export function renderOttlTables(book: PriceBook, { epochMs }: OttlTableOptions = {}): OttlTables {
  const source = describeOttlSource(book, epochMs);
  const rows = new RowTable(source);
  const names = new Map<string, ReadonlyMap<string, bigint>>();
  for (const [provider, models] of source.names) {
    const numbers = new Map<string, bigint>();
    for (const model of models) {
      const number = rows.add(provider, model);
      if (number !== undefined) numbers.set(model, BigInt(number));
    }
    if (numbers.size > 0) names.set(provider, numbers);
  }
  const makers = renderOttlValue(makersOf(names));
  const providers = renderOttlValue(
    new Map([...[...names.keys()].map((name) => [name, name] as const), ...PRICE_PROVIDERS].sort()),
  );
  const tiers = renderOttlValue(
    new Map([...[...STANDARD].map((word) => [word, ''] as const), ...TIER_NAMES]),
  );
  const texts = {
    patterns: renderOttlValue(patternsOf(source, names)),
    rows: rows.renderRows(),
    variants: rows.renderVariants(),
    makers,
    providers,
    tiers,
  };
  const body = [...names]
    .map(([name, models]) => `"${name}":${renderOttlValue(models)}`)
    .join(',\n');
  const hash = contentHash([body, ...Object.values(texts)].join('\n'));
  const about: OttlMap = new Map<string, OttlValue>([
    ['book', source.version],
    ['data', hash],
  ]);
  return {
    ...texts,
    names: `{"#":${renderOttlValue(about)}${body === '' ? '' : `,\n${body}`}}\n`,
    version: source.version,
    hash,
    nameCount: [...names.values()].reduce((count, models) => count + models.size, 0),
    rowCount: rows.size,
    leftOut: source.leftOut,
  };
}

function patternsOf(
  source: OttlSource,
  names: ReadonlyMap<string, ReadonlyMap<string, bigint>>,
): OttlMap {
  const patterns = new Map<string, OttlValue>();
  for (const [provider, numbers] of names) {
    const { prefix = [], infix = [] } = source.patterns.get(provider) ?? {};
    const pick = (texts: readonly string[]): OttlMap =>
      new Map(
        texts.flatMap((text) => {
          const number = numbers.get(withoutSeparator(text));
          return number === undefined ? [] : [[text, number] as const];
        }),
      );
    patterns.set(
      provider,
      new Map([
        ['prefix', pick(prefix)],
        ['infix', pick(infix)],
      ]),
    );
  }
  return patterns;
}

/** Makers whose name in the conventions differs from that of the price table. */
const MAKER_NAMES: Readonly<Record<string, string>> = {
  google: 'gcp.gemini',
  mistral: 'mistral_ai',
  'x-ai': 'x_ai',
  moonshotai: 'moonshot_ai',
};

/** The first maker of each model, in the order in which a book asks them. */
function makersOf(names: ReadonlyMap<string, ReadonlyMap<string, bigint>>): OttlMap {
  const makers = new Map<string, OttlValue>();
  for (const maker of MAKERS) {
    for (const model of names.get(maker)?.keys() ?? []) {
      if (!makers.has(model)) makers.set(model, MAKER_NAMES[maker] ?? maker);
    }
  }
  return makers;
}

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
type Variant = { readonly factor: number } | { readonly row: string };

/** Rows without repetition. A base row is one text and its variants; variants refer to rows without any. */
class RowTable {
  readonly #source: OttlSource;
  readonly #tiers: ReadonlySet<string>;
  readonly #bases = new Map<string, number>();
  readonly #baseTexts: string[] = [];
  readonly #baseVariants: ReadonlyMap<string, Variant>[] = [];
  readonly #variantRows = new Map<string, number>();

  constructor(source: OttlSource) {
    this.#source = source;
    this.#tiers = namedTiers(source);
  }

  get size(): number {
    return this.#baseTexts.length + this.#variantRows.size;
  }

  /** The number of the row of a name, or undefined when nothing prices it. */
  add(provider: string, model: string): number | undefined {
    const base = this.#describe(provider, model, {});
    if (base === undefined) {
      leaveOut(this.#source, provider, model);
      return undefined;
    }
    const variants = this.#variantsOf(provider, model, base);
    const text = renderRow(base);
    const key = `${text}\n${JSON.stringify([...variants])}`;
    const known = this.#bases.get(key);
    if (known !== undefined) return known;
    const number = this.#baseTexts.length;
    this.#bases.set(key, number);
    this.#baseTexts.push(text);
    this.#baseVariants.push(variants);
    for (const variant of variants.values()) {
      if ('row' in variant && !this.#variantRows.has(variant.row)) {
        this.#variantRows.set(variant.row, this.#variantRows.size);
      }
    }
    return number;
  }

  renderRows(): string {
    return `[\n${[...this.#baseTexts, ...this.#variantRows.keys()].join(',\n')}]\n`;
  }

  renderVariants(): string {
    const first = this.#baseTexts.length;
    const numberOf = (variant: Variant): bigint =>
      'row' in variant
        ? BigInt(first + (this.#variantRows.get(variant.row) ?? 0))
        : BigInt(-variant.factor - 1);
    const texts = this.#baseVariants.map((variants) =>
      renderOttlValue(new Map([...variants].map(([key, variant]) => [key, numberOf(variant)]))),
    );
    return `[\n${texts.join(',\n')}]\n`;
  }

  #describe(provider: string, model: string, modifiers: PriceModifiers): TableCard | undefined {
    const { book, since } = this.#source;
    const dated = describeDatedCards(book.findAll(provider, model, modifiers), since);
    return dated === undefined ? undefined : describeTableRow(dated);
  }

  /** Prices under modifiers, by their words. A place is named only where it changes something. */
  #variantsOf(provider: string, model: string, base: TableCard): ReadonlyMap<string, Variant> {
    const variants = new Map<string, Variant>();
    const plain = renderRow(base);
    const describe = (modifiers: PriceModifiers): Variant | undefined => {
      const card = this.#describe(provider, model, modifiers);
      if (card === undefined) return undefined;
      const factor = tokenFactor(base, card);
      return factor === undefined ? { row: renderRow(card) } : { factor };
    };
    const isOther = (modifiers: PriceModifiers): boolean => {
      const card = this.#describe(provider, model, modifiers);
      return card === undefined || renderRow(card) !== plain;
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

function renderRow({ head, rest }: TableCard): string {
  return `[${head.join(',')},${rest.size === 0 ? '0' : renderOttlValue(rest)}]`;
}

/** Tiers that any row prices by name. */
function namedTiers({ book }: OttlSource): ReadonlySet<string> {
  const rows = book.layers.flatMap((layer) => layer.rows);
  return new Set(rows.flatMap(({ variants }) => Object.keys(variants ?? {})));
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
