import { type PriceModifiers, TOKEN_CLASSES } from '@tokenmeter/core';
import {
  type FoundRow,
  type PriceBook,
  type PriceRow,
  periodAt,
  type ReadyCard,
  type ReadyPeriod,
  type TimeWindow,
} from '@tokenmeter/pricing';

/** USD per million tokens, or per request, by class. */
export interface SheetRates {
  readonly usdPerMillionTokens: Readonly<Record<string, number>>;
  readonly usdPerRequest: Readonly<Record<string, number>>;
}

/** Rates of a while; ISO times, absent is since ever or until now. */
interface SheetPeriod extends SheetRates {
  readonly from?: string;
  readonly until?: string;
  /** Such as `01:00–04:00 UTC on Mon–Fri`. */
  readonly hours?: string;
}

/** All that a book says of one model. */
export interface PriceSheet extends SheetRates {
  readonly id: string;
  readonly at: string;
  /** Layer that answers: `user`, `catalog` or `snapshot`. */
  readonly layer: string;
  readonly book: string;
  readonly isFree: boolean;
  readonly aliases: readonly string[];
  readonly contextTokens?: number;
  readonly source?: string;
  readonly refreshed?: string;
  /** In force at another time only. */
  readonly isInForce: boolean;
  readonly longContext: readonly (SheetRates & { readonly aboveTokens: number })[];
  readonly modifiers: readonly (SheetRates & { readonly name: string })[];
  readonly history: readonly SheetPeriod[];
}

const TIERS = ['batch', 'flex', 'priority'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Describes the prices of a model at a time, or undefined when the book does not know it. */
export function describeModel(
  book: PriceBook,
  { provider, model, epochMs }: { provider: string; model: string; epochMs: number },
): PriceSheet | undefined {
  const rows = book.findAll(provider, model, {});
  const found = rows.find(({ row }) => periodAt(row.periods, epochMs) !== undefined) ?? rows[0];
  if (found === undefined) return undefined;
  const period = periodAt(found.row.periods, epochMs);
  const raw = rawRow(book, found);
  return {
    id: found.row.id,
    at: new Date(epochMs).toISOString(),
    layer: found.source,
    book: book.version,
    isFree: found.row.isFree,
    aliases: raw?.aliases ?? [],
    ...(raw?.contextTokens === undefined ? {} : { contextTokens: raw.contextTokens }),
    ...(raw?.source === undefined ? {} : { source: raw.source }),
    ...(raw?.refreshed === undefined ? {} : { refreshed: raw.refreshed }),
    isInForce: period !== undefined,
    ...ratesOf(period?.card),
    longContext: (period?.tiers ?? []).map(({ aboveTokens, card }) => ({
      aboveTokens,
      ...ratesOf(card),
    })),
    modifiers: describeModifiers(book, { provider, model, epochMs, found, raw }),
    history: found.row.periods.map(describePeriod),
  };
}

function rawRow(book: PriceBook, { source, row }: FoundRow): PriceRow | undefined {
  const layers = book.layers.filter((layer) => layer.source === source);
  return layers.flatMap(({ rows }) => rows).find(({ id }) => id === row.id);
}

function ratesOf(card: ReadyCard | undefined): SheetRates {
  const tokens = TOKEN_CLASSES.flatMap((name) => {
    const rate = card?.tokens.get(name);
    return rate === undefined ? [] : [[name, rate / 1e6] as const];
  });
  const requests = [...(card?.requests ?? [])].map(([name, fee]) => [name, fee / 1e12]);
  const fee = card?.callFee;
  return {
    usdPerMillionTokens: Object.fromEntries(tokens),
    usdPerRequest: {
      ...Object.fromEntries(requests),
      ...(fee === undefined ? {} : { [`${fee.requestClass} per call`]: fee.picoUsd / 1e12 }),
    },
  };
}

interface Wanted {
  readonly provider: string;
  readonly model: string;
  readonly epochMs: number;
  readonly found: FoundRow;
  readonly raw: PriceRow | undefined;
}

/** What each modifier costs is asked of the book itself, so that it is what a call would pay. */
function describeModifiers(book: PriceBook, wanted: Wanted): PriceSheet['modifiers'] {
  const tiers = new Set([...TIERS, ...Object.keys(wanted.raw?.variants ?? {})]);
  const asked: readonly PriceModifiers[] = [
    ...[...tiers].map((serviceTier) => ({ serviceTier })),
    { speed: 'fast' },
    { inferenceGeo: 'us' },
  ];
  const described = new Map<string, PriceSheet['modifiers'][number]>();
  for (const modifiers of asked) {
    const [other] = book.findAll(wanted.provider, wanted.model, modifiers);
    const name = other?.row.modifiers.at(-1);
    const isOther = name !== undefined && !wanted.found.row.modifiers.includes(name);
    const period = isOther ? periodAt(other?.row.periods ?? [], wanted.epochMs) : undefined;
    if (name === undefined || period === undefined) continue;
    described.set(name, { name, ...ratesOf(period.card) });
  }
  return [...described.values()];
}

function describePeriod(period: ReadyPeriod): SheetPeriod {
  const { fromEpochMs, untilEpochMs, window } = period;
  return {
    ...(Number.isFinite(fromEpochMs) ? { from: new Date(fromEpochMs).toISOString() } : {}),
    ...(Number.isFinite(untilEpochMs) ? { until: new Date(untilEpochMs).toISOString() } : {}),
    ...(window === undefined ? {} : { hours: describeWindow(window) }),
    ...ratesOf(period.card),
  };
}

function describeWindow({ fromSecond, toSecond, weekdays }: TimeWindow): string {
  const days = weekdays === undefined ? '' : ` on ${weekdays.map((day) => DAYS[day]).join(', ')}`;
  return `${clock(fromSecond)}–${clock(toSecond)} UTC${days}`;
}

function clock(second: number): string {
  const hours = String(Math.floor(second / 3600)).padStart(2, '0');
  return `${hours}:${String(Math.floor((second % 3600) / 60)).padStart(2, '0')}`;
}
