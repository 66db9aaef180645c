import { REQUEST_CLASS_NAMES } from './cost-classes.ts';
import {
  FieldReader,
  isObject,
  readRequestFees,
  readTokenRates,
  type ValueProblem,
} from './price-fields.ts';
import { priceProvider } from './provider-ids.ts';
import {
  type CallFee,
  type PriceRow,
  type RateCard,
  type RatePeriod,
  type RateTier,
  type RateVariant,
  type RowConditions,
  tierName,
} from './rate-card.ts';
import { readWindow } from './read-window.ts';

const FIELDS: ReadonlySet<string> = new Set([
  'provider',
  'model',
  'aliases',
  'prefixes',
  'deployment',
  'region',
  'service_tier',
  'base',
  'multiplier',
  'free',
  'per_second',
  'per_call',
  'valid_from',
  'valid_to',
  'hours_utc',
  'rates',
  'long_context',
  'requests',
  'variants',
  'context_tokens',
  'source',
  'date',
  'note',
]);

/** Tells whether a JSON value looks like a price file of our own form. */
export function isNativeFile(value: unknown): boolean {
  return isObject(value) && Array.isArray(value.prices);
}

/** Rows of a price file of our own form, or every value that does not fit. */
export function decodeNativeFile(value: unknown): {
  readonly rows: readonly PriceRow[];
  readonly problems: readonly ValueProblem[];
} {
  const problems: ValueProblem[] = [];
  if (!isObject(value))
    return { rows: [], problems: [{ path: [], problem: 'expected an object' }] };
  const file = new FieldReader(value, [], problems);
  file.allow(new Set(['prices', 'name', 'note', '$schema']));
  const entries = file.objects('prices') ?? [];
  const rows = entries.flatMap((entry) => {
    const row = readRow(entry);
    return row === undefined ? [] : [row];
  });
  return { rows: mergeRows(rows), problems };
}

function readRow(entry: FieldReader): PriceRow | undefined {
  entry.allow(FIELDS);
  const deployment = entry.text('deployment');
  const model = entry.text('model') ?? (deployment === undefined ? undefined : '*');
  if (model === undefined) return entry.refuse(undefined, 'expected a model or a deployment');
  const provider = priceProvider(entry.text('provider') ?? '*');
  const multiplier = entry.usd('multiplier');
  const isFree = entry.flag('free');
  const period = readPeriod(entry);
  const base = readBase(entry, multiplier !== undefined || entry.has('variants'), period);
  const isPriced = base !== undefined || isFree === true || hasPrice(period);
  if (!isPriced)
    return entry.refuse(undefined, 'expected rates, a base, a multiplier, variants or free');
  const when = readConditions(entry, deployment);
  const variants = readVariants(entry);
  const contextTokens = entry.count('context_tokens');
  return {
    id: `${provider}/${model}${deployment === undefined ? '' : `@${deployment}`}`,
    provider,
    model,
    ...namesOf(entry, model),
    ...(when === undefined ? {} : { when }),
    ...(base === undefined ? {} : { base }),
    ...(multiplier === undefined ? {} : { multiplier }),
    ...(isFree === true ? { isFree } : {}),
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...sourceOf(entry),
    periods: [period],
    ...(variants === undefined ? {} : { variants }),
  };
}

function namesOf(
  entry: FieldReader,
  model: string,
): Pick<PriceRow, 'aliases' | 'prefixes' | 'globs'> {
  const aliases = entry.texts('aliases');
  const prefixes = entry.texts('prefixes');
  return {
    ...(aliases === undefined ? {} : { aliases }),
    ...(prefixes === undefined ? {} : { prefixes }),
    ...(model.includes('*') ? { globs: [model.toLowerCase()] } : {}),
  };
}

function sourceOf(entry: FieldReader): { readonly source?: string; readonly refreshed?: string } {
  const source = entry.text('source');
  const refreshed = entry.instant('date') === undefined ? undefined : entry.text('date');
  return {
    ...(source === undefined ? {} : { source }),
    ...(refreshed === undefined ? {} : { refreshed }),
  };
}

function hasPrice(period: RatePeriod): boolean {
  const { tokens, requests, callFee, secondPicoUsd } = period.card;
  const isCounted = Object.keys(tokens).length > 0 || Object.keys(requests).length > 0;
  return isCounted || callFee !== undefined || secondPicoUsd !== undefined;
}

/** A multiplier or variants without rates change what the layers below ask. */
function readBase(entry: FieldReader, isChange: boolean, period: RatePeriod): string | undefined {
  const base = entry.text('base');
  if (base === undefined) return isChange && !hasPrice(period) ? 'below' : undefined;
  const slash = base.indexOf('/');
  return slash > 0 && slash < base.length - 1
    ? base
    : entry.refuse('base', 'expected provider/model, such as openai/gpt-4o');
}

function readConditions(
  entry: FieldReader,
  deployment: string | undefined,
): RowConditions | undefined {
  const region = entry.text('region')?.toLowerCase();
  const serviceTier = entry.text('service_tier')?.toLowerCase();
  if (deployment === undefined && region === undefined && serviceTier === undefined)
    return undefined;
  return {
    ...(deployment === undefined ? {} : { deployment: deployment.toLowerCase() }),
    ...(region === undefined ? {} : { region }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
}

function readPeriod(entry: FieldReader): RatePeriod {
  const from = entry.instant('valid_from');
  const to = entry.instant('valid_to');
  // A day as the end is the last day on which the price holds.
  const until = to === undefined ? undefined : to.epochMs + (to.isDay ? 86_400_000 : 0);
  if (from !== undefined && until !== undefined && until <= from.epochMs) {
    entry.refuse('valid_to', 'expected an end after valid_from');
  }
  const window = readWindow(entry);
  const card = readCard(entry);
  return {
    ...(from === undefined ? {} : { fromEpochMs: from.epochMs }),
    ...(until === undefined ? {} : { untilEpochMs: until }),
    ...(window === undefined ? {} : { window }),
    card,
    tiers: readTiers(entry).map(({ aboveTokens, tokens }) => ({
      name: tierName(aboveTokens),
      aboveTokens,
      card: { ...card, tokens },
    })),
  };
}

function readCard(entry: FieldReader): RateCard {
  const perSecond = entry.usd('per_second');
  const callFee = readCallFee(entry.object('per_call'));
  return {
    tokens: readTokenRates(entry.object('rates')),
    requests: readRequestFees(entry.object('requests')),
    ...(callFee === undefined ? {} : { callFee }),
    ...(perSecond === undefined ? {} : { secondPicoUsd: Math.round(perSecond * 1e12) }),
  };
}

function readCallFee(reader: FieldReader | undefined): CallFee | undefined {
  if (reader === undefined) return undefined;
  reader.allow(new Set(REQUEST_CLASS_NAMES));
  for (const requestClass of REQUEST_CLASS_NAMES) {
    const usd = reader.usd(requestClass);
    if (usd !== undefined) return { requestClass, picoUsd: Math.round(usd * 1e12) };
  }
  return reader.refuse(undefined, `expected one of ${REQUEST_CLASS_NAMES.join(', ')}`);
}

function readTiers(
  reader: FieldReader,
): { readonly aboveTokens: number; readonly tokens: RateTier['card']['tokens'] }[] {
  const tiers = (reader.objects('long_context') ?? []).flatMap((tier) => {
    tier.allow(new Set(['above_tokens', 'rates']));
    const aboveTokens = tier.count('above_tokens');
    if (!tier.has('above_tokens')) tier.refuse(undefined, 'expected above_tokens');
    return aboveTokens === undefined
      ? []
      : [{ aboveTokens, tokens: readTokenRates(tier.object('rates')) }];
  });
  return tiers.sort((a, b) => a.aboveTokens - b.aboveTokens);
}

function readVariants(entry: FieldReader): Readonly<Record<string, RateVariant>> | undefined {
  const reader = entry.object('variants');
  if (reader === undefined) return undefined;
  const variants: Record<string, RateVariant> = {};
  for (const name of reader.keys()) {
    const variant = reader.object(name);
    if (variant === undefined) continue;
    variant.allow(new Set(['multiplier', 'rates', 'long_context']));
    const multiplier = variant.usd('multiplier');
    const hasRates = variant.has('rates');
    if (multiplier === undefined && !hasRates) {
      variant.refuse(undefined, 'expected a multiplier or rates');
    }
    const tiers = readTiers(variant);
    variants[name.toLowerCase()] = {
      ...(multiplier === undefined ? {} : { multiplier }),
      ...(hasRates ? { tokens: readTokenRates(variant.object('rates')) } : {}),
      ...(tiers.length === 0 ? {} : { tiers }),
    };
  }
  return variants;
}

/** Entries of one model become one row with periods; entries with a base, a factor or no cost stay by themselves. */
function mergeRows(rows: readonly PriceRow[]): readonly PriceRow[] {
  const merged = new Map<string, PriceRow>();
  const single: PriceRow[] = [];
  for (const row of rows) {
    if (row.base !== undefined || row.multiplier !== undefined || row.isFree === true) {
      single.push(row);
      continue;
    }
    const key = `${row.id}\n${row.when?.region ?? ''}\n${row.when?.serviceTier ?? ''}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? row : mergeRow(known, row));
  }
  return [...single.sort(byStart), ...merged.values()];
}

function mergeRow(known: PriceRow, row: PriceRow): PriceRow {
  const variants = { ...known.variants, ...row.variants };
  return {
    ...known,
    ...row,
    periods: [...known.periods, ...row.periods].sort(byPeriod),
    ...(Object.keys(variants).length === 0 ? {} : { variants }),
  };
}

/** The last period that holds a call applies: later starts and daily hours go last. */
function byPeriod(a: RatePeriod, b: RatePeriod): number {
  const start = (a.fromEpochMs ?? 0) - (b.fromEpochMs ?? 0);
  return start === 0 ? Number(a.window !== undefined) - Number(b.window !== undefined) : start;
}

/** The first row in force applies: later starts go first. */
function byStart(a: PriceRow, b: PriceRow): number {
  return (b.periods[0]?.fromEpochMs ?? 0) - (a.periods[0]?.fromEpochMs ?? 0);
}
