import type { Finding } from '@tokenmeter/anomaly';

const DOLLAR_DECIMALS = 2;
const SIGNIFICANT = 3;
const MOST_DECIMALS = 9;
/** Parts below this share of all movement are told as one `rest`. */
const SMALL_SHARE = 0.01;
/** What JSON keeps of a number that is none, or of one without end. */
const UNKNOWN = 'unknown';

/** Renders a count with thousands separators; one decimal below ten where there is one. */
export function renderCount(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  const digits = value > 0 && value < 10 && !Number.isInteger(value) ? 1 : 0;
  return numberFormat(0, digits).format(value);
}

const formats = new Map<string, Intl.NumberFormat>();

/** Making a format costs a millisecond, using one a microsecond. */
function numberFormat(least: number, most: number): Intl.NumberFormat {
  const key = `${least} ${most}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: least,
    maximumFractionDigits: most,
  });
  formats.set(key, format);
  return format;
}

/** Renders USD with cents, or with three significant digits below a dollar. */
export function renderUsd(value: number): string {
  return Number.isFinite(value) ? renderDollars(value, decimalsFor(Math.abs(value))) : UNKNOWN;
}

/** Renders a change of USD with its sign: `+$41.00`, `-$0.25`. */
export function renderSignedUsd(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  return `${value < 0 ? '-' : '+'}${renderUsd(Math.abs(value))}`;
}

/** Renders what a finding compares, with its unit. */
export function renderQuantity(quantity: Finding['quantity'], value: number): string {
  switch (quantity) {
    case 'calls':
      return `${renderCount(value)} calls`;
    case 'tokens':
      return `${renderCount(value)} tokens`;
    case 'cost_usd':
      return renderUsd(value);
    case 'usd_per_call':
      return `${renderUsd(value)} per call`;
    case 'hit_rate':
    case 'share':
      return renderShare(value);
    default:
      return quantity satisfies never;
  }
}

/** Renders 0 to 1 as per cent with one decimal. */
export function renderShare(value: number): string {
  const percent = value * 100;
  return Number.isFinite(percent) ? `${percent.toFixed(1)} %` : UNKNOWN;
}

/** Amounts as they are shown: all with the same decimals, so that the shown parts add up to the shown total. */
export interface ShownChange {
  readonly parts: readonly { readonly name: string; readonly usd: number; readonly text: string }[];
  readonly totalUsd: number;
  readonly total: string;
}

/**
 * Rounds the parts of a change so that what a reader sees adds up: every amount in the unit of the total, the
 * remainders given to the parts that lost most. Parts below 1 % of all movement are one `rest`. Undefined when nothing
 * moved.
 */
export function roundChange(parts: Readonly<Record<string, number>>): ShownChange | undefined {
  const entries = Object.entries(parts).filter(([, value]) => Number.isFinite(value));
  const size = entries.reduce((sum, [, value]) => sum + Math.abs(value), 0);
  if (!(size > 0)) return undefined;
  const shown = entries.filter(([, value]) => Math.abs(value) >= SMALL_SHARE * size);
  const total = entries.reduce((sum, [, value]) => sum + value, 0);
  const rest = total - shown.reduce((sum, [, value]) => sum + value, 0);
  const decimals = decimalsFor(Math.max(...entries.map(([, value]) => Math.abs(value))));
  const unit = 10 ** -decimals;
  const totalUnits = Math.round(total / unit);
  const units = shareUnits([...shown.map(([, value]) => value), rest], unit, totalUnits);
  const named = [...shown.map(([name]) => name), 'rest'].map((name, index) => {
    const usd = (units[index] ?? 0) * unit;
    return { name, usd, text: renderSigned(usd, decimals) };
  });
  return {
    parts: named
      .filter(({ usd }) => usd !== 0)
      .sort(
        (a, b) =>
          Number(a.name === 'rest') - Number(b.name === 'rest') ||
          Math.abs(b.usd) - Math.abs(a.usd),
      ),
    totalUsd: totalUnits * unit,
    total: renderSigned(totalUnits * unit, decimals),
  };
}

/** Whole units that sum to `totalUnits`, each less than one from its exact value. */
function shareUnits(values: readonly number[], unit: number, totalUnits: number): number[] {
  const units = values.map((value) => Math.floor(value / unit));
  const missing = totalUnits - units.reduce((sum, one) => sum + one, 0);
  const byRemainder = values
    .map((value, index) => ({ index, remainder: value / unit - Math.floor(value / unit) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, Math.max(0, missing))) {
    units[index] = (units[index] ?? 0) + 1;
  }
  return units;
}

function decimalsFor(size: number): number {
  if (size >= 0.995 || !(size > 0)) return DOLLAR_DECIMALS;
  return Math.min(MOST_DECIMALS, SIGNIFICANT - 1 - Math.floor(Math.log10(size)));
}

function renderDollars(value: number, decimals: number): string {
  const most = value !== 0 && decimals > DOLLAR_DECIMALS ? decimals : DOLLAR_DECIMALS;
  const text = numberFormat(DOLLAR_DECIMALS, most).format(Math.abs(value));
  return `${value < 0 ? '-' : ''}$${text}`;
}

function renderSigned(value: number, decimals: number): string {
  return `${value < 0 ? '-' : '+'}${renderDollars(Math.abs(value), decimals)}`;
}
