// Turns the provider data of @pydantic/genai-prices into compact rows.

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

/** Price keys of the source that are no token prices, with their counts. */
export const ignoredKeys = new Map();
/** How many rates had more than six decimals. */
export const roundedRates = { count: 0 };

function picoPerToken(usdPerMillionTokens) {
  const exact = usdPerMillionTokens * 1e6;
  const rounded = Math.round(exact);
  if (Math.abs(exact - rounded) > 1e-6) roundedRates.count += 1;
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

// Fees of hosted tools that the vendor asks for every model (pricing pages, 2026-11-20): OpenAI 10 USD per 1,000 web
// searches and 2.50 per 1,000 file searches; Gemini 35 USD per 1,000 grounded prompts up to 2.5, 14 per 1,000 queries since 3.
function addToolFees(provider, model, period) {
  const fees = {};
  if (provider === 'openai' && /^(gpt-|o\d|chatgpt-)/.test(model) && period.t.output) {
    Object.assign(fees, { web_search: 10e9, file_search: 2.5e9 });
  }
  if (provider === 'google' && /^gemini-/.test(model)) {
    fees.grounding = /^gemini-[12]/.test(model) ? 35e9 : 14e9;
  }
  if (Object.keys(fees).length === 0) return;
  for (const card of [period, ...(period.x ?? []).map(([, each]) => each)]) {
    card.r = { ...fees, ...card.r };
  }
}

// Anthropic: "1-hour cache write tokens are 2 times the base input tokens price", on every platform (2026-11-20).
function addHourWrites(model, period) {
  if (!model.includes('claude')) return;
  for (const card of [period, ...(period.x ?? []).map(([, each]) => each)]) {
    const { input, cache_write_5m: write, cache_write_1h: hour } = card.t;
    if (hour === undefined && write === input * 1.25) card.t.cache_write_1h = input * 2;
  }
}

function compileModel(provider, model) {
  const { equals, prefix, infix } = compileMatch(model.match, {
    equals: [],
    prefix: [],
    infix: [],
  });
  const id = model.id.toLowerCase();
  const periods = compilePeriods(model.prices);
  for (const period of periods) {
    addToolFees(provider, id, period);
    addHourWrites(id, period);
  }
  const aliases = [...new Set(equals)].filter((name) => name !== id);
  return {
    m: model.id,
    ...(aliases.length > 0 ? { a: aliases } : {}),
    ...(prefix.length > 0 ? { b: [...new Set(prefix)] } : {}),
    ...(infix.length > 0 ? { i: [...new Set(infix)] } : {}),
    ...(model.context_window === undefined ? {} : { n: model.context_window }),
    p: periods,
  };
}

// Azure sells DeepSeek's models at prices of its own, not at DeepSeek's.
function fallbacksOf({ id, fallback_model_providers: providers = [] }) {
  return providers.filter((other) => !(id === 'azure' && other === 'deepseek'));
}

/** Rows of the price data by provider, in the compact shape of the generated module. */
export function compileProviders(providers) {
  return providers.map((provider) => ({
    id: provider.id,
    ...(fallbacksOf(provider).length > 0 ? { f: fallbacksOf(provider) } : {}),
    rows: provider.models.map((model) => compileModel(provider.id, model)),
  }));
}
