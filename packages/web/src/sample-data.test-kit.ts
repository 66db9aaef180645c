import type {
  AlertView,
  Estimates,
  GroupBy,
  KnownModels,
  Overview,
  SpendSeries,
  SpendTotal,
} from '@tokenmeter/server';

/** Friday 20 November 2026, 14:25:30 UTC. */
export const NOW: number = Date.UTC(2026, 10, 20, 14, 25, 30);

const NOTHING: SpendTotal = {
  usd: 0,
  calls: 0,
  unpricedCalls: 0,
  errorCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
};

/** A ledger that has seen no call. */
export const EMPTY_OVERVIEW: Overview = {
  nowEpochMs: NOW,
  timeZone: 'Europe/Berlin',
  today: NOTHING,
  thisHour: NOTHING,
  month: { usd: 0, toEpochMs: Date.UTC(2026, 10, 30, 23) },
  burnUsdPerHour: 0,
  coverage: { recognised: 0, metered: 0 },
  unpricedModels: [],
  priceBookVersions: [],
  hasSeededData: false,
};

/** A ledger in the middle of a busy day, with a week of history. */
export const BUSY_OVERVIEW: Overview = {
  ...EMPTY_OVERVIEW,
  today: {
    usd: 184.0375,
    calls: 12_408,
    unpricedCalls: 31,
    errorCalls: 12,
    inputTokens: 9_412_004,
    outputTokens: 1_210_882,
    cacheReadTokens: 3_100_400,
  },
  thisHour: { ...NOTHING, usd: 31.482, calls: 1204 },
  month: {
    usd: 3120.4,
    toEpochMs: Date.UTC(2026, 10, 30, 23),
    forecast: { low: 4400, mid: 4810.5, high: 5260 },
    budgetUsd: 4500,
  },
  burnUsdPerHour: 96.41,
  lastWeek: { todayUsd: 121.3, burnUsdPerHour: 9.37 },
  coverage: { recognised: 12_430, metered: 12_408 },
  unpricedModels: [
    { model: 'house-blend-70b-instruct', calls: 28 },
    { model: 'gpt-6-preview', calls: 3 },
  ],
  priceBookVersions: ['2026-11-18+genai-prices.0.0.41'],
  firstDataEpochMs: NOW - 8 * 86_400_000,
  lastDataEpochMs: NOW - 900,
  hasSeededData: true,
};

const KEYS: Readonly<Record<string, readonly (readonly [string, number, number])[]>> = {
  feature: [
    ['smart-reply', 3.1, 0.004],
    ['document-summary', 1.6, 0.021],
    ['support-chat', 1.1, 0.0092],
    ['semantic-search', 0.6, 0.00012],
    ['code-review', 0.42, 0.055],
    ['unattributed', 0.2, 0.003],
    ['translation', 0.16, 0.0011],
    ['nightly-evals', 0.09, 0.0008],
    ['title-suggestions', 0.05, 0.0002],
    ['image-captions', 0.03, 0.0007],
  ],
  model: [
    ['claude-sonnet-4-5', 3.2, 0.012],
    ['gpt-4o', 2.1, 0.0125],
    ['gpt-4o-mini', 0.9, 0.0004],
    ['text-embedding-3-large', 0.3, 0.00012],
    ['house-blend-70b-instruct', 0, 0],
  ],
};

function shapeOf(epochMs: number, index: number): number {
  const hours = epochMs / 3_600_000;
  const daily = 1 + 0.55 * Math.sin(((hours - 8) / 12) * Math.PI);
  const ripple =
    1 + 0.22 * Math.sin(hours * 7.3 + index * 1.7) + 0.12 * Math.sin(hours * 23.1 + index);
  // The launch of "smart reply", 25 minutes ago.
  const launch = index === 0 && epochMs >= NOW - 25 * 60_000 ? 6 : 1;
  return Math.max(0, daily * ripple * launch);
}

/** Spend of a busy service, for whatever range and dimension is asked. */
export function createSpend(url: URL): SpendSeries {
  const from = Number(url.searchParams.get('from'));
  const to = Number(url.searchParams.get('to'));
  const stepSeconds = Number(url.searchParams.get('step'));
  const groupBy: GroupBy = url.searchParams.get('group_by') === 'model' ? 'model' : 'feature';
  const count = Math.round((to - from) / (stepSeconds * 1000));
  const times = Array.from({ length: count }, (_, index) => from + index * stepSeconds * 1000);
  const series = (KEYS[groupBy] ?? []).map(([key, usdPerHour, usdPerCall], index) => {
    const usd = times.map((epochMs) => (usdPerHour * stepSeconds * shapeOf(epochMs, index)) / 3600);
    const calls = usd.map((one) => (usdPerCall > 0 ? Math.ceil(one / usdPerCall) : 1));
    const totalCalls = calls.reduce((sum, one) => sum + one, 0);
    return {
      key,
      usd,
      calls,
      totalUsd: usd.reduce((sum, one) => sum + one, 0),
      totalCalls,
      totalUnpricedCalls: usdPerCall > 0 ? 0 : totalCalls,
    };
  });
  return { groupBy, fromEpochMs: from, stepSeconds, times, series };
}

const VOLUME_TEXT = [
  'smart-reply made 4,210 calls in the last 10 minutes; 350 to 480 are usual for Friday 15:00.',
  '',
  'Extra cost now: $78.20 per hour.',
  'Where it comes from: volume +$74.10, tokens per call +$4.60, price −$0.50.',
  'Who: claude-sonnet-4-5 91 %, gpt-4o 9 %.',
  '',
  'Do: check the rollout of smart-reply; if it keeps growing, rate-limit it or switch its flag off.',
].join('\n');

/** Two alerts that fire and one that is over. */
export const SAMPLE_ALERTS: readonly AlertView[] = [
  {
    incidentId: 'inc-1',
    rule: 'volume',
    severity: 'critical',
    state: 'firing',
    labels: { feature: 'smart-reply', environment: 'production' },
    title: 'smart-reply calls are 10 times the usual volume',
    text: VOLUME_TEXT,
    startedEpochMs: NOW - 21 * 60_000,
    updatedEpochMs: NOW - 60_000,
    quantity: 'calls',
    observed: 4210,
    expected: { low: 350, mid: 412, high: 480 },
    usdPerHour: 78.2,
  },
  {
    incidentId: 'inc-2',
    rule: 'cost_per_request',
    severity: 'warning',
    state: 'firing',
    labels: { feature: 'document-summary' },
    title: 'document-summary costs 62 % more per call than usual',
    text: 'Each call reads 2.1 times the usual input. Check what is put into the prompt.',
    startedEpochMs: NOW - 74 * 60_000,
    updatedEpochMs: NOW - 60_000,
    quantity: 'usd_per_call',
    observed: 0.0341,
    expected: { low: 0.0188, mid: 0.021, high: 0.0236 },
    usdPerHour: 3.92,
  },
  {
    incidentId: 'inc-3',
    rule: 'cache_hit_rate',
    severity: 'warning',
    state: 'resolved',
    labels: { feature: 'support-chat' },
    title: 'support-chat reads less from the prompt cache',
    text: 'The share of cached input fell from 74 % to 38 % and came back.',
    startedEpochMs: NOW - 30 * 3_600_000,
    updatedEpochMs: NOW - 28 * 3_600_000,
    resolvedEpochMs: NOW - 28 * 3_600_000,
    quantity: 'hit_rate',
    observed: 0.38,
    expected: { low: 0.66, mid: 0.74, high: 0.81 },
    usdPerHour: 0,
  },
];

/** A hundred calls of the sample service, as rows of `llm_telemetry`. */
export function createCalls(url: URL): readonly Readonly<Record<string, unknown>>[] {
  const priced = KEYS.feature?.filter(([, , usdPerCall]) => usdPerCall > 0) ?? [];
  const rows = Array.from({ length: 100 }, (_, index) => {
    const [feature, , usdPerCall] = priced[index % priced.length] ?? ['smart-reply', 0, 0.004];
    const model = index % 3 === 0 ? 'gpt-4o' : 'claude-sonnet-4-5';
    const isUnpriced = index === 7;
    return {
      timestamp: new Date(NOW - index * 47_000).toISOString(),
      trace_id: (index + 1).toString(16).padStart(32, '0'),
      provider: index % 3 === 0 ? 'openai' : 'anthropic',
      model: isUnpriced ? 'gpt-6-preview' : model,
      model_family: index % 3 === 0 ? 'gpt-4o' : 'claude-sonnet',
      feature,
      endpoint: '/api/replies',
      environment: 'production',
      team: 'customer-care',
      user_id: `u-${1000 + (index % 17)}`,
      input_tokens: 900 + ((index * 7919) % 4000),
      output_tokens: 80 + ((index * 104_729) % 900),
      cache_hit: index % 2 === 0,
      cache_tokens: index % 2 === 0 ? 512 : 0,
      cost_usd: isUnpriced ? null : usdPerCall * (1 + ((index * 7919) % 97) / 60),
    };
  });
  const { feature, model, order } = Object.fromEntries(url.searchParams);
  const matching = rows.filter(
    (row) => (!feature || row.feature === feature) && (!model || row.model === model),
  );
  if (order !== 'cost') return matching;
  return matching.toSorted((left, right) => (right.cost_usd ?? -1) - (left.cost_usd ?? -1));
}

/** USD per million tokens in and out, by model: the article's. */
const RATES: Readonly<Record<string, readonly [number, number]>> = {
  'openai/gpt-4o': [5, 15],
  'openai/gpt-4o-mini': [0.15, 0.6],
  'anthropic/claude-sonnet-4-5': [3, 15],
  'anthropic/claude-3-5-haiku-latest': [1.25, 5],
};

/** The models that the sample server has prices for. */
export function createModels(): KnownModels {
  const models = Object.keys(RATES).map((id) => ({ id, refreshed: '2024-11-15' }));
  return { priceBook: 'sample', models };
}

/** What calls cost at the sample prices, without a discount for cached input. */
export function createEstimates(url: URL): Estimates {
  const count = (name: string): number => Number(url.searchParams.get(name));
  const estimates = url.searchParams.getAll('model').map((id) => {
    const rates = RATES[id];
    if (rates === undefined) return { id, reason: 'unknown_model' };
    const input = count('input') + count('cache_read');
    return { id, usdPerCall: (input * rates[0] + count('output') * rates[1]) / 1e6 };
  });
  return { priceBook: 'sample', estimates };
}
