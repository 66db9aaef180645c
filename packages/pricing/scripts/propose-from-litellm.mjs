// Proposes overlay entries from a LiteLLM price file: models that the bundled prices lack, regional prices and tiers that
// differ. Run by hand after a compile and a build; read the result before it goes to data/overlay-litellm.json:
//
//   node scripts/propose-from-litellm.mjs model_prices_and_context_window.json --read 2026-11-21 --by 'litellm 1.109.1'
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundledPriceBook, parsePriceFile } from '../dist/index.js';
import { parseLitellmKey } from '../src/litellm-keys.ts';

const PROVIDERS = new Set([
  'openai',
  'anthropic',
  'google',
  'mistral',
  'groq',
  'x-ai',
  'cohere',
  'aws',
]);
const MODES = new Set(['chat', 'responses', 'embedding']);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { read: { type: 'string' }, by: { type: 'string' } },
});
const text = readFileSync(positionals[0], 'utf8');
const parsed = parsePriceFile(text, { name: 'litellm', mode: 'replace' });
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const raw = new Map(Object.entries(JSON.parse(text)));
const book = bundledPriceBook();
const AT = Date.parse(`${values.read}T12:00:00Z`);

const usd = (pico) => Number((pico / 1e6).toFixed(6));
const inMillions = (rates) =>
  Object.fromEntries(Object.entries(rates).map(([name, pico]) => [name, usd(pico)]));

function entryOf(row) {
  for (const name of [
    `gemini/${row.model}`,
    row.model,
    `mistral/${row.model}`,
    `xai/${row.model}`,
    `groq/${row.model}`,
  ]) {
    const entry = raw.get(name);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

function currentCard(provider, model, serviceTier) {
  const [found] = book.findAll(provider, model, serviceTier === undefined ? {} : { serviceTier });
  const period = found?.row.periods.findLast(
    (each) => each.fromEpochMs <= AT && AT < each.untilEpochMs && !each.window,
  );
  return { found, card: period?.card };
}

function differs(rates, card, tolerance) {
  return Object.entries(rates).some(([name, rate]) => {
    const own = card?.tokens.get(name);
    return own === undefined || Math.abs(own - rate) > tolerance * Math.max(own, rate);
  });
}

function fullEntry(row, entry) {
  const { card, tiers } = row.periods[0];
  const { web_search: search, grounding, ...other } = card.requests;
  const requests = {
    ...other,
    ...(row.provider === 'google' ? { grounding } : { web_search: search }),
  };
  const fees = Object.entries(requests).flatMap(([name, pico]) =>
    pico ? [[name, pico / 1e12]] : [],
  );
  return {
    provider: row.provider,
    model: row.model,
    rates: inMillions(card.tokens),
    ...(tiers.length > 0
      ? {
          long_context: tiers.map((tier) => ({
            above_tokens: tier.aboveTokens,
            rates: inMillions(tier.card.tokens),
          })),
        }
      : {}),
    ...(fees.length > 0 ? { requests: Object.fromEntries(fees) } : {}),
    ...(row.contextTokens ? { context_tokens: row.contextTokens } : {}),
    source: entry?.source ?? values.by,
    date: values.read,
    note: values.by,
  };
}

// Only the classes that the file names for a tier: what it leaves out is unknown.
function tiersOf(entry) {
  const tiers = new Map();
  for (const [key, value] of Object.entries(entry ?? {})) {
    const target = parseLitellmKey(key);
    if (target?.variant === undefined || typeof value !== 'number') continue;
    const tier = tiers.get(target.variant) ?? { rates: {}, long: new Map() };
    tiers.set(target.variant, tier);
    const long = tier.long.get(target.aboveTokens) ?? {};
    const rates = target.aboveTokens === undefined ? tier.rates : long;
    rates[target.tokenClass] = Math.round(value * 1e12);
    if (target.aboveTokens !== undefined) tier.long.set(target.aboveTokens, long);
  }
  const { batch, flex } = Object.fromEntries(tiers);
  const isSame =
    batch && flex && ['input', 'output'].every((name) => batch.rates[name] === flex.rates[name]);
  if (isSame && flex.long.size === 0) flex.long = batch.long;
  return tiers;
}

function isWanted(row, name, { rates }) {
  const tolerance = row.provider === 'aws' ? 1e-4 : 0.06;
  const isPriced = rates.output > 0 && rates.input !== row.periods[0].card.tokens.input;
  return isPriced && differs(rates, currentCard(row.provider, row.model, name).card, tolerance);
}

function variantOf({ rates, long }) {
  const longContext = [...long].map(([above, each]) => ({
    above_tokens: above,
    rates: inMillions({ ...rates, ...each }),
  }));
  return {
    rates: inMillions(rates),
    ...(longContext.length > 0 ? { long_context: longContext } : {}),
  };
}

function tierEntry(row, entry) {
  const wanted = [...tiersOf(entry)].filter(([name, tier]) => isWanted(row, name, tier));
  if (wanted.length === 0) return [];
  return [
    {
      provider: row.provider,
      model: row.model,
      variants: Object.fromEntries(wanted.map(([name, tier]) => [name, variantOf(tier)])),
      source: entry.source ?? values.by,
      date: values.read,
      note: values.by,
    },
  ];
}

// Entries that say less than a bill: everything at 0, no input price, fees beside the tokens, prices out of any range.
function isSound({ model, rates }) {
  const { input, output } = rates ?? {};
  if (rates === undefined) return true;
  const isRange = input > 0 && input < 100 && Object.values(rates).some((rate) => rate > 0);
  return (
    isRange &&
    !/search|deep-research|lyria|ranker|@|-exp-|preview-0409|robotics|live/.test(model) &&
    output !== 100
  );
}

function isOurs(row, entry) {
  const isBareClaude = /^anthropic\./.test(row.model);
  const isOther = row.model.includes('/') && row.provider !== 'groq';
  if (!PROVIDERS.has(row.provider) || row.when || isBareClaude || isOther) return false;
  return !row.model.includes('*') && (entry === undefined || MODES.has(entry.mode));
}

function propose(row) {
  const entry = entryOf(row);
  if (!isOurs(row, entry)) return [];
  const { found, card } = currentCard(row.provider, row.model);
  if (found === undefined) return [fullEntry(row, entry)];
  const { input, output } = row.periods[0].card.tokens;
  const base = {
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
  };
  const isOther = differs(base, card, 0.005);
  const isPlace = row.provider === 'aws' && /^(us-gov|eu|jp|apac|ap|au|in)\./.test(row.model);
  if (isPlace && isOther) return [fullEntry(row, entry)];
  const isMoving =
    ['mistral', 'x-ai'].includes(row.provider) && /-latest$|^grok-code-fast/.test(row.model);
  if (isMoving && isOther) return [{ ...fullEntry(row, entry), valid_from: values.read }];
  return found.row.id === row.id ? tierEntry(row, entry) : [];
}

const seen = new Set();
const prices = parsed.layer.rows.flatMap((row) => {
  if (seen.has(row.id)) return [];
  seen.add(row.id);
  return propose(row).filter(isSound);
});
process.stdout.write(
  `${JSON.stringify({ note: `Proposed from ${values.by}`, prices }, null, 2)}\n`,
);
