// Compiles the price data of @pydantic/genai-prices (MIT) into src/generated/price-data.ts.
// Run by hand, from packages/pricing, with the date up to which the data is known to be right:
//
//   node scripts/compile-prices.mjs --date 2026-09-23
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { waitForUpdate } from '@pydantic/genai-prices';

const TOKEN_KEYS = {
  input_mtok: 'input',
  output_mtok: 'output',
  cache_read_mtok: 'cache_read',
  cache_write_mtok: 'cache_write_5m',
  cache_write_1h_mtok: 'cache_write_1h',
  cache_audio_read_mtok: 'cache_read_audio',
  cache_image_read_mtok: 'cache_read_image',
  input_audio_mtok: 'input_audio',
  input_image_mtok: 'input_image',
  input_video_mtok: 'input_video',
  output_reasoning_mtok: 'reasoning',
  output_audio_mtok: 'output_audio',
  output_image_mtok: 'output_image',
};
const REQUEST_KEYS = { web_searches_kcount: 'web_search', storage_searches_kcount: 'file_search' };

// The published thresholds are round numbers; the source writes some of them one token lower.
const TIER_STARTS = new Map([[271_999, 272_000]]);

const ignoredKeys = new Map();
let roundedRates = 0;

function picoPerToken(usdPerMillionTokens) {
  const exact = usdPerMillionTokens * 1e6;
  const rounded = Math.round(exact);
  if (Math.abs(exact - rounded) > 1e-6) roundedRates += 1;
  return rounded;
}

function rateAt(value, start) {
  if (typeof value === 'number') return value;
  let rate = value.base;
  for (const tier of value.tiers) if (start !== undefined && start >= tier.start) rate = tier.price;
  return rate;
}

function compileCard(prices, start) {
  const tokens = {};
  const requests = {};
  let call;
  for (const [key, value] of Object.entries(prices)) {
    if (value === undefined) continue;
    const usd = rateAt(value, start);
    if (TOKEN_KEYS[key]) tokens[TOKEN_KEYS[key]] = picoPerToken(usd);
    else if (REQUEST_KEYS[key]) requests[REQUEST_KEYS[key]] = Math.round(usd * 1e9);
    else if (key === 'requests_kcount') call = Math.round(usd * 1e9);
    else ignoredKeys.set(key, (ignoredKeys.get(key) ?? 0) + 1);
  }
  return {
    t: tokens,
    ...(Object.keys(requests).length > 0 ? { r: requests } : {}),
    ...(call === undefined ? {} : { c: call }),
  };
}

function compilePrices(prices) {
  const starts = new Set();
  for (const value of Object.values(prices)) {
    if (typeof value === 'object') for (const tier of value.tiers) starts.add(tier.start);
  }
  const tiers = [...starts]
    .sort((a, b) => a - b)
    .map((start) => [TIER_STARTS.get(start) ?? start, compileCard(prices, start)]);
  return { ...compileCard(prices), ...(tiers.length > 0 ? { x: tiers } : {}) };
}

function secondOfDay(text) {
  const [hours, minutes, seconds] = text.slice(0, 8).split(':').map(Number);
  if (!text.endsWith('Z')) throw new Error(`expected a UTC time, got ${text}`);
  return hours * 3600 + minutes * 60 + seconds;
}

// A time-of-day entry that follows a dated entry belongs to it: the source's own rule, "the last match wins", would
// apply the new peak hours to calls made before they existed.
function compilePeriods(prices) {
  if (!Array.isArray(prices)) return [compilePrices(prices)];
  let from;
  return prices.map(({ constraint, prices: card }) => {
    const period = compilePrices(card);
    if (constraint?.type === 'start_date') from = Date.parse(`${constraint.start_date}T00:00:00Z`);
    if (from !== undefined) period.f = from;
    if (constraint?.type === 'time_of_date')
      period.w = [secondOfDay(constraint.start_time), secondOfDay(constraint.end_time)];
    return period;
  });
}

const DATE_PATTERNS = ['\\d{8}$', '\\d{4}-\\d{2}-\\d{2}$', '\\d'];

// Patterns become equals, prefix, suffix or infix strings; our matcher itself decides which remainders it accepts.
function compileMatch(match, into) {
  if (match.or) for (const part of match.or) compileMatch(part, into);
  else if (match.and) for (const part of match.and) compileMatch(part, into);
  else if (match.equals !== undefined) into.equals.push(match.equals.toLowerCase());
  else if (match.starts_with !== undefined) into.prefix.push(match.starts_with.toLowerCase());
  else if (match.ends_with !== undefined) into.infix.push(match.ends_with.toLowerCase());
  else if (match.contains !== undefined) into.infix.push(match.contains.toLowerCase());
  else if (match.regex !== undefined) compileRegex(match.regex, into);
  return into;
}

function compileRegex(regex, into) {
  const dated = DATE_PATTERNS.find((pattern) => regex.endsWith(`-${pattern}`));
  const plain = (text) => text.replaceAll(/\\([.[\]])/g, '$1').toLowerCase();
  if (dated) into.prefix.push(plain(regex.slice(1, -(dated.length + 1))));
  else if (/^\^[\w.\\[\]=-]+\$$/.test(regex)) into.equals.push(plain(regex.slice(1, -1)));
  else if (!regex.startsWith('^(?!')) throw new Error(`cannot compile the pattern ${regex}`);
}

function compileModel(model) {
  const { equals, prefix, infix } = compileMatch(model.match, {
    equals: [],
    prefix: [],
    infix: [],
  });
  const id = model.id.toLowerCase();
  const aliases = [...new Set(equals)].filter((name) => name !== id);
  return {
    m: model.id,
    ...(aliases.length > 0 ? { a: aliases } : {}),
    ...(prefix.length > 0 ? { b: [...new Set(prefix)] } : {}),
    ...(infix.length > 0 ? { i: [...new Set(infix)] } : {}),
    ...(model.context_window === undefined ? {} : { n: model.context_window }),
    p: compilePeriods(model.prices),
  };
}

const { values } = parseArgs({ options: { date: { type: 'string' } } });
if (!/^\d{4}-\d{2}-\d{2}$/.test(values.date ?? '')) throw new Error('expected --date YYYY-MM-DD');

const require = createRequire(import.meta.url);
const entry = require.resolve('@pydantic/genai-prices');
const manifest = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8'));
const source = `${manifest.name} ${manifest.version}`;
const providers = (await waitForUpdate()).map((provider) => ({
  id: provider.id,
  ...(provider.fallback_model_providers ? { f: provider.fallback_model_providers } : {}),
  rows: provider.models.map(compileModel),
}));
const json = JSON.stringify(providers);
const hash = createHash('sha256').update(json).digest('hex').slice(0, 8);
const text = `// generated by packages/pricing/scripts/compile-prices.mjs from ${source} — do not edit
/** Version of the bundled price data: date and content hash. */
export const PRICE_DATA_VERSION = '${values.date}+${hash}';
/** Date up to which the bundled prices were read. */
export const PRICE_DATA_DATE = '${values.date}';
/** The bundled prices as JSON text, in the shape that \`compiled-prices.ts\` reads. */
export const PRICE_DATA: string = ${JSON.stringify(json).replaceAll("'", "\\'").replace(/^"|"$/g, "'").replaceAll('\\"', '"')};
`;
const out = join(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  'src',
  'generated',
  'price-data.ts',
);
writeFileSync(out, text);
const rows = providers.reduce((sum, provider) => sum + provider.rows.length, 0);
process.stdout.write(
  `${values.date}+${hash}: ${providers.length} providers, ${rows} rows, ${json.length} characters, ` +
    `${roundedRates} rates rounded to whole pico-USD, not token prices: ${[...ignoredKeys].map(([key, count]) => `${key} ${count}`).join(', ')}\n`,
);
