// Lays the checked-in overlay over compact rows.
import { readFileSync } from 'node:fs';
import { decodeNativeFile } from '../src/native-file.ts';
import { parseJson } from '../src/parse-json.ts';

/** Rows of a native price file. Throws when the file does not fit. */
export function readOverlay(path) {
  const json = parseJson(readFileSync(path, 'utf8'));
  if (!json.ok) throw new Error(`${path}: ${json.problem} at ${JSON.stringify(json.position)}`);
  const { rows, problems } = decodeNativeFile(json.value);
  if (problems.length > 0) throw new Error(`${path}: ${JSON.stringify(problems)}`);
  return rows;
}

/** Lays rows over compiled providers; returns the ids of rows that were corrected without a date. */
export function applyOverlay(providers, rows) {
  const corrected = new Set();
  for (const row of rows) {
    const provider = providers.find(({ id }) => id === row.provider);
    if (provider === undefined) throw new Error(`unknown provider ${row.provider}`);
    const at = provider.rows.findIndex(({ m }) => m === row.model);
    if (row.base === 'below')
      provider.rows[at].v = { ...provider.rows[at].v, ...encodeVariants(row.variants) };
    else if (at < 0) provider.rows.unshift(encodeRow(row));
    else {
      if (row.periods.some((period) => period.fromEpochMs === undefined)) corrected.add(row.id);
      provider.rows[at] = layRow(provider.rows[at], row);
    }
    takeNames(provider, row);
  }
  return corrected;
}

/** Adds names to rows: `{ "provider/model": ["other-name"] }`. */
export function applyAliases(providers, path) {
  for (const [id, names] of Object.entries(JSON.parse(readFileSync(path, 'utf8')))) {
    const slash = id.indexOf('/');
    const rows = providers.find((provider) => provider.id === id.slice(0, slash))?.rows;
    const row = rows?.find(({ m }) => m === id.slice(slash + 1));
    if (row === undefined) throw new Error(`${path}: unknown row ${id}`);
    row.a = [...new Set([...(row.a ?? []), ...names])];
  }
}

// A name that the overlay gives to one row must not still belong to another.
function takeNames(provider, row) {
  const names = new Set([row.model.toLowerCase(), ...(row.aliases ?? [])]);
  for (const other of provider.rows) {
    if (other.m === row.model || other.a === undefined) continue;
    other.a = other.a.filter((name) => !names.has(name));
    if (other.a.length === 0) delete other.a;
  }
}

// Undated periods of the overlay replace the row's; dated ones follow the row's and so win from their date on.
function layRow(known, row) {
  const own = encodeRow(row);
  const isWhole = row.periods.some((period) => period.fromEpochMs === undefined);
  const aliases = [...new Set([...(known.a ?? []), ...(own.a ?? [])])];
  return {
    ...known,
    ...own,
    ...(aliases.length > 0 ? { a: aliases } : {}),
    p: isWhole ? own.p : [...known.p, ...own.p],
  };
}

function encodeRow(row) {
  return {
    m: row.model,
    ...(row.aliases ? { a: row.aliases } : {}),
    ...(row.prefixes ? { b: row.prefixes } : {}),
    ...(row.contextTokens ? { n: row.contextTokens } : {}),
    p: row.periods.map(encodePeriod),
    ...(row.variants ? { v: encodeVariants(row.variants) } : {}),
    ...(row.isFree ? { z: 1 } : {}),
    ...(row.source ? { s: row.source } : {}),
    ...(row.refreshed ? { d: row.refreshed } : {}),
  };
}

function encodePeriod({ fromEpochMs, untilEpochMs, window, card, tiers }) {
  return {
    ...encodeCard(card),
    ...(fromEpochMs === undefined ? {} : { f: fromEpochMs }),
    ...(untilEpochMs === undefined ? {} : { u: untilEpochMs }),
    ...(window === undefined ? {} : { w: [window.fromSecond, window.toSecond] }),
    ...(window?.weekdays === undefined ? {} : { d: window.weekdays }),
    ...(window?.exceptDays === undefined ? {} : { e: window.exceptDays }),
    ...(tiers.length === 0
      ? {}
      : { x: tiers.map((tier) => [tier.aboveTokens, encodeCard(tier.card)]) }),
  };
}

function encodeCard({ tokens, requests, callFee }) {
  return {
    t: tokens,
    ...(Object.keys(requests).length === 0 ? {} : { r: requests }),
    ...(callFee === undefined ? {} : { c: callFee.picoUsd }),
  };
}

function encodeVariants(variants) {
  return Object.fromEntries(
    Object.entries(variants ?? {}).map(([name, { multiplier, tokens, tiers }]) => [
      name,
      {
        ...(multiplier === undefined ? {} : { k: multiplier }),
        ...(tokens === undefined ? {} : { t: tokens }),
        ...(tiers === undefined ? {} : { x: tiers.map((tier) => [tier.aboveTokens, tier.tokens]) }),
      },
    ]),
  );
}
