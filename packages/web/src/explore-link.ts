/** What the reader assumes on the page Explore; the URL holds exactly this. */
export interface Assumptions {
  /** Ids of models, such as `openai/gpt-4o`; the first is what the others are compared with. */
  readonly models: readonly string[];
  readonly callsPerDay: number;
  readonly inputTokens: number;
  /** Part of the input that a cache holds, in per cent. */
  readonly cachedPercent: number;
  readonly outputTokens: number;
}

/** The example of the article: 1,000 tokens in and 500 out, 100,000 times a day. */
export const DEFAULT_ASSUMPTIONS: Assumptions = {
  models: ['openai/gpt-4o', 'openai/gpt-4o-mini', 'anthropic/claude-sonnet-4-5'],
  callsPerDay: 100_000,
  inputTokens: 1000,
  cachedPercent: 0,
  outputTokens: 500,
};

/** Models that can be compared at once. */
export const MOST_MODELS = 8;

/** Numbers of `Assumptions`, with the name in the URL and the largest value. */
export const NUMBERS: readonly (readonly [
  'callsPerDay' | 'inputTokens' | 'cachedPercent' | 'outputTokens',
  string,
  number,
])[] = [
  ['callsPerDay', 'calls', 1e9],
  ['inputTokens', 'input', 1e7],
  ['cachedPercent', 'cached', 100],
  ['outputTokens', 'output', 1e7],
];

/** Days of a month, as the article counts them. */
export const MONTH_DAYS = 30;

/** Reads the query of a URL; anything unknown falls back to the default. */
export function parseAssumptions(search: string): Assumptions {
  const query = new URLSearchParams(search);
  const models = [...new Set(query.getAll('model').filter((id) => id !== ''))];
  const numbers = NUMBERS.map(([name, key, largest]) => {
    const text = query.get(key) ?? '';
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    return [name, value <= largest ? value : DEFAULT_ASSUMPTIONS[name]] as const;
  });
  return {
    ...DEFAULT_ASSUMPTIONS,
    ...Object.fromEntries(numbers),
    models: models.length === 0 ? DEFAULT_ASSUMPTIONS.models : models.slice(0, MOST_MODELS),
  };
}

/** Renders the path and query that show these assumptions. */
export function renderExploreLink(assumptions: Assumptions): string {
  const query = new URLSearchParams({ page: 'explore' });
  for (const id of assumptions.models) query.append('model', id);
  for (const [name, key] of NUMBERS) query.set(key, String(assumptions[name]));
  return `/?${query}`;
}

/** The path that asks the server what one call costs. Cached and uncached input are disjoint. */
export function renderEstimatePath(assumptions: Assumptions): string {
  const { models, inputTokens, cachedPercent, outputTokens } = assumptions;
  const cached = Math.round((inputTokens * cachedPercent) / 100);
  const query = new URLSearchParams();
  for (const id of models) query.append('model', id);
  query.set('input', String(inputTokens - cached));
  query.set('cache_read', String(cached));
  query.set('output', String(outputTokens));
  return `/api/v1/estimate?${query}`;
}
