import { contentHash } from './content-hash.ts';
import type { OttlMap, OttlValue } from './describe-dated-cards.ts';
import { makerName } from './find-maker.ts';
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
import { renderTextList, utf8Length } from './render-text-list.ts';
import { RowTable } from './row-table.ts';
import { STANDARD, TIER_NAMES } from './vendor-modifiers.ts';

/** How much of a book is written. */
export interface OttlTableOptions {
  /** Start of the oldest call that will be priced. Earlier periods are left out; undefined keeps all of them. */
  readonly epochMs?: number;
}

/**
 * The prices of a book for a Collector: what is long as texts that it carries beside the spans and never parses, the rest as
 * OTTL literals. Texts hold entries `<key>value` with values of fixed width, in which `Index` finds a key. OTTL reads a literal
 * four times at each start, about 25 µs per token, and its time for one text grows with the square of the length. Two names
 * with the same prices share a row.
 */
export interface OttlTables {
  /** A text list (`renderTextList`) of texts `<model>row number, 5 digits…`, lower-case: by `places` plus the length of the name. */
  readonly names: string;
  /** `{"#": {…}, provider: number of its first text in names}`; providers as the price table names them. */
  readonly places: string;
  /** Names that releases may follow, some also behind other words: `{provider: {"prefix": "<…>…", "infix": "<…>…"}}`. */
  readonly patterns: string;
  /**
   * Text of rows, 66 characters each: pico-USD per token of input, output, cache_read, cache_write and
   * reasoning, 11 digits each and −1 for no price, whether there is more: 0; 1, rates of further classes; 2, that and others;
   * then 5 digits: which of `rests`.
   */
  readonly heads: string;
  /**
   * A text list: what else rows say, as JSON, first an empty one for nothing. `x`: rates of further classes (absent: `input_image` and
   * `input_video` as input, `cache_write_5m` as cache_write, others have no price); `call_fee`, `second`, `free`; `s`: source,
   * where not the bundled snapshot; `t1` …: long-context cards with `above`, `r` and the like; `p1` …: periods with `from`,
   * `until`, maybe `first`, `last`, `days`, `not`, and a card: the last one in force replaces the row.
   */
  readonly rests: string;
  /**
   * `["", "<modifiers>variant, 6 digits…", …]`, sets of variants. Modifiers are `tier|speed|place`, such as `flex||` or
   * `|fast|us`; the place `us` is inference in the US, `region` any region, `us+region` both. A variant is the number of a row,
   * or below 0: −1 minus the thousandths by which all token rates are multiplied and rounded half up.
   */
  readonly variants: string;
  /** `[text, …]`, 64 numbers of 5 digits in each: by the number of a row, which of `variants`. */
  readonly variantRows: string;
  /** Other names of providers, lower-case, and the price table's: `{"gcp.gemini": "google", …}`. */
  readonly providers: string;
  /** A text list by the length of the name, of texts `<model>gen_ai.provider.name of its maker;…`: for calls that name no provider. */
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
  const names = new Map<string, ReadonlyMap<string, number>>();
  for (const [provider, models] of source.names) {
    const numbers = new Map<string, number>();
    for (const model of models) {
      const number = isKey(model) ? rows.add(provider, model) : undefined;
      if (number === undefined) leaveOut(source, provider, model);
      else numbers.set(model, number);
    }
    if (numbers.size > 0) names.set(provider, numbers);
  }
  const providers = renderOttlValue(
    new Map([...[...names.keys()].map((name) => [name, name] as const), ...PRICE_PROVIDERS].sort()),
  );
  const tiers = renderOttlValue(
    new Map([...[...STANDARD].map((word) => [word, ''] as const), ...TIER_NAMES]),
  );
  const texts = {
    patterns: renderOttlValue(patternsOf(source, names)),
    heads: rows.renderHeads(),
    rests: rows.renderRests(),
    variants: rows.renderVariants(),
    variantRows: rows.renderVariantRows(),
    makers: renderMakers(names),
    providers,
    tiers,
  };
  const { places, text } = renderNames(names);
  const hash = contentHash([text, ...Object.values(texts)].join('\n'));
  const about: OttlMap = new Map<string, OttlValue>([
    ['book', source.version],
    ['data', hash],
  ]);
  return {
    ...texts,
    names: text,
    places: `${renderOttlValue(new Map<string, OttlValue>([['#', about], ...places]))}\n`,
    version: source.version,
    hash,
    nameCount: [...names.values()].reduce((count, models) => count + models.size, 0),
    rowCount: rows.size,
    leftOut: source.leftOut.filter((each) => !isTierOfKnownModel(each, source)),
  };
}

/** Rows for a tier alone are there as variants, where their model has a price in others. */
function isTierOfKnownModel({ layer, row, reason }: OttlLeftOut, source: OttlSource): boolean {
  if (reason !== 'conditions') return false;
  const rows = source.book.layers
    .filter(({ name }) => name === layer)
    .flatMap((each) => each.rows.filter(({ id, when }) => id === row && when !== undefined));
  return rows.every(
    ({ provider, model, when }) =>
      when?.deployment === undefined &&
      when?.region === undefined &&
      source.names.get(provider)?.includes(model.toLowerCase()) === true,
  );
}

/** Brackets mark keys in a text of entries, which YAML must take for one plain string. */
function isKey(name: string): boolean {
  return !/[<>]|:(?: |$)| #/.test(name);
}

function renderNumber(number: number): string {
  return String(number).padStart(5, '0');
}

function renderEntries(numbers: ReadonlyMap<string, number>): string {
  return [...numbers].map(([name, number]) => `<${name}>${renderNumber(number)}`).join('');
}

/** Texts of entries by the length of their keys in UTF-8, as OTTL counts it; empty ones between. */
function textsByLength<T>(
  values: ReadonlyMap<string, T>,
  render: (value: T) => string,
): readonly string[] {
  const lengths = [...values.keys()].map(utf8Length);
  const texts = Array.from({ length: Math.max(0, ...lengths) + 1 }, () => '');
  for (const [name, value] of values) texts[utf8Length(name)] += `<${name}>${render(value)}`;
  return texts;
}

/** A name longer than any of its provider finds the texts of the next one, whose names have other lengths than it. */
function renderNames(names: ReadonlyMap<string, ReadonlyMap<string, number>>): {
  readonly places: ReadonlyMap<string, bigint>;
  readonly text: string;
} {
  const places = new Map<string, bigint>();
  const texts: string[] = [];
  for (const [provider, models] of names) {
    places.set(provider, BigInt(texts.length));
    texts.push(...textsByLength(models, renderNumber));
  }
  return { places, text: renderTextList(texts) };
}

function patternsOf(
  source: OttlSource,
  names: ReadonlyMap<string, ReadonlyMap<string, number>>,
): OttlMap {
  const patterns = new Map<string, OttlValue>();
  for (const [provider, numbers] of names) {
    const { prefix = [], infix = [] } = source.patterns.get(provider) ?? {};
    const pick = (texts: readonly string[]): string =>
      renderEntries(
        new Map(
          texts.flatMap((text) => {
            const number = numbers.get(withoutSeparator(text));
            return number === undefined ? [] : [[text, number] as const];
          }),
        ),
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

/** A reader takes this many characters behind a key. */
const MAKER_WIDTH = 24;

/** The first maker of each model, in the order in which a book asks them. */
function renderMakers(names: ReadonlyMap<string, ReadonlyMap<string, number>>): string {
  const makers = new Map<string, string>();
  for (const maker of MAKERS) {
    for (const model of names.get(maker)?.keys() ?? []) {
      if (!makers.has(model)) makers.set(model, makerName(maker));
    }
  }
  const texts = textsByLength(makers, (maker) => `${maker};`);
  return renderTextList(
    texts.map((text) => (text === '' ? '' : `${text}${';'.repeat(MAKER_WIDTH)}`)),
  );
}
