import { contentHash } from './content-hash.ts';
import type { OttlMap, OttlValue } from './describe-dated-cards.ts';
import { createPriceBook, type PriceBook, type PriceLayer } from './price-book.ts';
import type { PriceRow } from './rate-card.ts';
import { describeOttlRow } from './render-ottl-row.ts';

/** How much of a book is written. */
export interface OttlPriceOptions {
  /** Start of the oldest call that will be priced. Earlier periods are left out; undefined keeps all of them. */
  readonly epochMs?: number;
}

/** Something of a book that OTTL price data cannot say. */
export interface OttlLeftOut {
  readonly layer: string;
  /** Id of the row, such as `openai/gpt-4o`. */
  readonly row: string;
  /** The name that is missing; undefined when all names of the row are there. */
  readonly name?: string;
  /**
   * `name`: it holds a quote, a backslash, a dollar sign or a control character. `conditions`: the row holds for a
   * deployment, region or tier only. `pattern`: it prices names that match, of which only the known ones are there.
   * `price`: nothing prices it, or a rate is no whole number.
   */
  readonly reason: 'name' | 'conditions' | 'pattern' | 'price';
}

/** OTTL price data and what is not in it. */
export interface OttlPriceFile {
  readonly text: string;
  /** Names of models in `text`, over all providers. */
  readonly nameCount: number;
  readonly leftOut: readonly OttlLeftOut[];
}

/**
 * The prices of a book as one OTTL map literal for the Collector: `Coalesce([<text>])[provider][model]`, both lower-case,
 * the provider as the price table names it. The same book gives the same text. A row is
 *
 *     {"input": 2500000, "output": 10000000, …, "t1": {"above": 200000, "input": …}, "p1": {"from": …, "until": …, …}}
 *
 * - `input` … `output_image`: pico-USD per token of that class; `web_search` …: per request. `call_fee`: once per call;
 *   `second`: per second of the call. −1, or no such key, means no price: a call that counted any is unpriced.
 * - `p1`, `p2`, …: a period. In this order, where `from <= start_time_unix_nano < until`, lay it over the row.
 * - `hours` in a period: it holds only from `from_second` until before `to_second` of the UTC day (over midnight where that is
 *   smaller) when `weekdays[day of the week, 0 is Sunday] == 1` and the day since 1970 is not in `except_days`, both of the
 *   day on which the hours began. Inside, lay `hours` over the row; outside, skip the period. The period's own rates are −1.
 * - `t1`, `t2`, …, after the periods: where the prompt, cached tokens included, is longer than `above`, lay it over the row.
 *
 * `["#"]["book"]` is the version of the book, `["#"]["data"]` a hash of the rows, and `["#"]["since"]` the start in Unix
 * nanoseconds of the oldest call that it prices. OTTL knows no comments, so the version is data. Rates are those of a call
 * without modifiers: one of another service tier must stay unpriced, or be scaled by the reader.
 */
export function renderOttlPrices(book: PriceBook, options: OttlPriceOptions = {}): string {
  return renderOttlPriceFile(book, options).text;
}

/** `renderOttlPrices` with a list of what is not in its text. */
export function renderOttlPriceFile(
  book: PriceBook,
  { epochMs }: OttlPriceOptions = {},
): OttlPriceFile {
  const source = describeOttlSource(book, epochMs);
  const { leftOut } = source;
  const providers = [...source.names]
    .map(([provider, names]) => [provider, modelsOf(provider, names, source)] as const)
    .filter(([, models]) => models.size > 0);
  const body = providers.map(([name, models]) => `"${name}":${renderLines(models)}`).join(',\n');
  const about: OttlMap = new Map<string, OttlValue>([
    ['book', source.version],
    ['data', contentHash(body)],
    ['since', BigInt(Math.max(0, Math.ceil(epochMs ?? 0))) * 1_000_000n],
  ]);
  const text = `{"#":${renderOttlValue(about)}${body === '' ? '' : `,\n${body}`}}\n`;
  const nameCount = providers.reduce((count, [, models]) => count + models.size, 0);
  return { text, nameCount, leftOut };
}

/** Texts of patterns; some of them end with the separator that must follow. */
interface OttlPatterns {
  readonly prefix: readonly string[];
  readonly infix: readonly string[];
}

/** A book as the renderers read it. */
export interface OttlSource {
  /** A book of its own: the caller's remembers the names of its calls. */
  readonly book: PriceBook;
  /** Version of the book, without what a literal cannot hold. */
  readonly version: string;
  readonly since: number;
  /** Every name that may price a call, by provider, both sorted. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** Of these, beginnings of names (`prefix`) and parts of names (`infix`) that releases may follow. */
  readonly patterns: ReadonlyMap<string, OttlPatterns>;
  /** What cannot be written; renderers add names that turn out to have no price. */
  readonly leftOut: OttlLeftOut[];
  /** Rows from which names come, for reports; names that are only borrowed from another provider are not there. */
  readonly origins: ReadonlyMap<string, Omit<OttlLeftOut, 'reason'>>;
}

/** Prepares a book for rendering. */
export function describeOttlSource(book: PriceBook, epochMs: number | undefined): OttlSource {
  const layers = visibleLayers(book.layers);
  const hidden = book.layers.slice(layers.length);
  const leftOut: OttlLeftOut[] = layers.flatMap(limitsOf);
  const names = new Map<string, readonly string[]>();
  const patterns = new Map<string, OttlPatterns>();
  const origins = new Map<string, Omit<OttlLeftOut, 'reason'>>();
  for (const provider of providersOf(layers, hidden)) {
    const behind = hasPattern(layers, provider) ? hidden : [];
    const found = namesOf(layers, behind, provider);
    const writable = found.map(([name]) => name).filter((name) => isWritable(provider, name));
    for (const [name, origin] of found) {
      if (origin === undefined) continue;
      origins.set(`${provider}/${name}`, origin);
      if (!isWritable(provider, name)) leftOut.push({ ...origin, reason: 'name' });
    }
    names.set(provider, writable);
    patterns.set(provider, patternsOf([...layers, ...behind], provider, new Set(writable)));
  }
  return {
    book: createPriceBook(book.layers),
    version: book.version.replaceAll(UNWRITABLE, '_'),
    since: epochMs ?? Number.NEGATIVE_INFINITY,
    names,
    patterns,
    leftOut,
    origins,
  };
}

/** Notes that nothing prices a name. */
export function leaveOut(source: OttlSource, provider: string, name: string): void {
  const origin = source.origins.get(`${provider}/${name}`);
  if (origin !== undefined) source.leftOut.push({ ...origin, reason: 'price' });
}

/** Rows of one provider by name, as text. */
function modelsOf(
  provider: string,
  names: readonly string[],
  source: OttlSource,
): ReadonlyMap<string, string> {
  const models = new Map<string, string>();
  for (const name of names) {
    const row = describeOttlRow(source.book.findAll(provider, name, {}), source.since);
    if (row !== undefined) models.set(name, renderOttlValue(row));
    else leaveOut(source, provider, name);
  }
  return models;
}

/** Quotes and backslashes end or change a literal; `$` is expanded by the Collector's configuration. */
const UNWRITABLE = /["'`\\$\p{C}\u2028\u2029]/gu;

function isWritable(...names: readonly string[]): boolean {
  return names.every((name) => name !== '' && name !== '#' && name.search(UNWRITABLE) < 0);
}

function visibleLayers(layers: readonly PriceLayer[]): readonly PriceLayer[] {
  const end = layers.findIndex(({ mode }) => mode === 'replace');
  return end < 0 ? layers : layers.slice(0, end + 1);
}

function limitsOf(layer: PriceLayer): readonly OttlLeftOut[] {
  return layer.rows.flatMap((row): readonly OttlLeftOut[] => {
    const place = { layer: layer.name, row: row.id };
    if (row.when !== undefined) return [{ ...place, reason: 'conditions' }];
    return (row.globs?.length ?? 0) > 0 ? [{ ...place, reason: 'pattern' }] : [];
  });
}

/** Sellers that the layers know, and those behind them where a row is for any of them. */
function providersOf(
  layers: readonly PriceLayer[],
  behind: readonly PriceLayer[],
): readonly string[] {
  const isForAny = layers.some(({ rows }) => rows.some(({ provider }) => provider === '*'));
  const names = [...layers, ...(isForAny ? behind : [])].flatMap((layer) => [
    ...layer.rows.map(({ provider }) => provider),
    ...Object.keys(layer.fallbackProviders ?? {}),
  ]);
  return [...new Set(names)].sort();
}

/** What to report when a name cannot be written; undefined where another provider's name is only borrowed. */
type NameOrigin = Omit<OttlLeftOut, 'reason'> | undefined;

/** True where a row prices whatever name matches: then names count that only the layers behind know. */
function hasPattern(layers: readonly PriceLayer[], provider: string): boolean {
  return layers.some((layer) =>
    rowsFor(layer, provider).some(({ globs }) => (globs?.length ?? 0) > 0),
  );
}

/**
 * Every name that may price a call of a provider, sorted: its own, those for any provider and those of its fallbacks. Names
 * that only the layers behind know are nobody's to report.
 */
function namesOf(
  layers: readonly PriceLayer[],
  behind: readonly PriceLayer[],
  provider: string,
): readonly (readonly [string, NameOrigin])[] {
  const names = new Map<string, NameOrigin>();
  const add = (name: string, origin: NameOrigin): void => {
    names.set(name, names.get(name) ?? origin);
  };
  for (const layer of [...layers, ...behind]) {
    for (const row of rowsFor(layer, provider)) {
      const origin = { layer: layer.name, row: row.id };
      const isOwn = row.provider === provider && !behind.includes(layer);
      for (const name of exactNames(row)) add(name, isOwn ? { ...origin, name } : undefined);
      for (const name of furtherNames(row, layer)) add(name, undefined);
    }
  }
  return [...names].sort(([a], [b]) => (a < b ? -1 : 1));
}

function rowsFor(layer: PriceLayer, provider: string): readonly PriceRow[] {
  const sellers = new Set([provider, '*', ...(layer.fallbackProviders?.[provider] ?? [])]);
  return layer.rows.filter((row) => row.when === undefined && sellers.has(row.provider));
}

function exactNames(row: PriceRow): readonly string[] {
  const isPattern = (row.globs?.length ?? 0) > 0;
  return [...(isPattern ? [] : [row.model.toLowerCase()]), ...(row.aliases ?? [])];
}

/** The beginnings of names are names too, and in files of their own people mean `x-latest` by `x`. */
function furtherNames(row: PriceRow, { source }: PriceLayer): readonly string[] {
  const beginnings = [...(row.prefixes ?? []), ...(row.infixes ?? [])].map(withoutSeparator);
  const latest = exactNames(row).filter((name) => source === 'user' && isWritable(name));
  return [...beginnings, ...latest.map((name) => `${name}-latest`)];
}

/** The beginning of a name without the separator that it may end with. */
export function withoutSeparator(text: string): string {
  return text.replace(/[-@:]$/, '');
}

function patternsOf(
  layers: readonly PriceLayer[],
  provider: string,
  known: ReadonlySet<string>,
): OttlPatterns {
  const rows = layers.flatMap((layer) => rowsFor(layer, provider));
  const unique = (texts: readonly string[]): readonly string[] =>
    [...new Set(texts)].filter((text) => known.has(withoutSeparator(text))).sort();
  return {
    prefix: unique(rows.flatMap(({ prefixes = [] }) => prefixes)),
    infix: unique(rows.flatMap(({ infixes = [] }) => infixes)),
  };
}

function renderLines(models: ReadonlyMap<string, string>): string {
  return `{\n${[...models].map(([name, row]) => `"${name}":${row}`).join(',\n')}}`;
}

/** A value as OTTL reads it. */
export function renderOttlValue(value: OttlValue): string {
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value === 'string') return `"${value}"`;
  if (isList(value)) return `[${value.join(',')}]`;
  return `{${[...value].map(([key, each]) => `"${key}":${renderOttlValue(each)}`).join(',')}}`;
}

function isList(value: readonly bigint[] | OttlMap): value is readonly bigint[] {
  return Array.isArray(value);
}
