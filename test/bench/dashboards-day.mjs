// A day of 10,000 raw series of spend, and of everything that the rules record of them, for real stores.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryEngine } from '../support/query-engine.ts';

const FEATURES = 50;
const MODELS = 5;
const REPLICAS = 20;
const DAY_MINUTES = 1440;
/** Rules look back an hour at most; no board reads raw counters. */
const RAW_MINUTES = 75;
const BATCH_SERIES = 500;
const BUCKETS = ['0.00001', '0.0001', '0.001', '0.01', '0.1', '1', '10', '+Inf'];

const MIDNIGHT = Math.floor(Date.now() / 86_400_000) * 86_400 - 3 * 86_400;

/** When the day is over, in epoch seconds. */
export const END_SECONDS = MIDNIGHT + DAY_MINUTES * 60;

const ORIGIN = { service_name: 'shop', deployment_environment_name: 'prod' };
const combinations = Array.from({ length: FEATURES * MODELS }, (_, index) => {
  const model = `model-${Math.floor(index / FEATURES)}`;
  return {
    ...ORIGIN,
    gen_ai_operation_name: 'chat',
    gen_ai_provider_name: 'openai',
    gen_ai_request_model: model,
    gen_ai_response_model: model,
    tokenmeter_feature: `feature-${index % FEATURES}`,
    tokenmeter_team: `team-${index % 7}`,
  };
});
const features = combinations.slice(0, FEATURES).map(({ tokenmeter_feature }) => ({
  ...ORIGIN,
  tokenmeter_feature,
}));

/** Every combination of the given labels with every value of one more label. */
function withLabel(series, name, values) {
  return series.flatMap((labels) => values.map((value) => ({ ...labels, [name]: value })));
}

const costs = withLabel(combinations, 'tokenmeter_cost_class', ['input', 'output']);
const rawCosts = withLabel(
  costs,
  'instance',
  Array.from({ length: REPLICAS }, (_, replica) => `i${replica}`),
);
const calls = withLabel(combinations, 'tokenmeter_cache', ['hit', 'miss', 'none']);
const tokens = withLabel(combinations, 'tokenmeter_token_class', ['input', 'cache_read', 'output']);
const priced = combinations.map(
  ({ gen_ai_provider_name, gen_ai_request_model, tokenmeter_feature }) => ({
    ...ORIGIN,
    gen_ai_provider_name,
    gen_ai_request_model,
    tokenmeter_feature,
  }),
);
const buckets = withLabel(priced, 'le', BUCKETS);

/** `rises`: a counter; otherwise the same value again and again. */
function family(name, series, { stepMinutes = 1, fromMinute = 0, rises = false } = {}) {
  return { name, series, stepMinutes, fromMinute, rises };
}

const RAW = { fromMinute: DAY_MINUTES - RAW_MINUTES, stepMinutes: 0.5, rises: true };
const FAMILIES = [
  family('tokenmeter_cost_USD_total', rawCosts, RAW),
  family('tokenmeter_call_cost_USD_bucket', withLabel(buckets, 'instance', ['i0', 'i1']), RAW),
  family('tokenmeter:cost_usd:seen', rawCosts, { stepMinutes: 10, rises: true }),
  family('tokenmeter:cost_usd:delta1m', costs),
  family('tokenmeter:calls:delta1m', calls),
  family('tokenmeter:tokens:delta1m', tokens),
  family('tokenmeter:unpriced:delta1m', combinations.slice(0, FEATURES)),
  family('tokenmeter:recognised:delta1m', [ORIGIN]),
  family('tokenmeter:metered:delta1m', [ORIGIN]),
  ...[
    ['cost_usd', costs],
    ['calls', calls],
    ['tokens', tokens],
  ].map(([stem, series]) => family(`tokenmeter:${stem}:delta1h`, series, { stepMinutes: 60 })),
  family('tokenmeter:call_cost_usd_bucket:delta5m', buckets, { stepMinutes: 5 }),
  ...['calls:30m', 'calls:30m_expected', 'cost_usd:per_call_1h', 'calls:cache_hit_ratio_1h'].map(
    (name) => family(`tokenmeter:${name}`, features, { stepMinutes: 5 }),
  ),
];

function valueAt({ rises }, index, minute) {
  return rises ? minute * (index % 9) : 1 + (index % 9);
}

function labelText(labels) {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');
}

function* linesOf(each) {
  for (const [index, labels] of each.series.entries()) {
    const text = labelText(labels);
    for (let minute = each.fromMinute; minute <= DAY_MINUTES; minute += each.stepMinutes) {
      yield `${each.name}{${text}} ${valueAt(each, index, minute)} ${MIDNIGHT + minute * 60}\n`;
    }
  }
}

/** Writes the day as OpenMetrics. */
export async function writeDay(file, progress) {
  const out = createWriteStream(file);
  for (const each of FAMILIES) {
    progress(`writing ${each.name}`);
    for (const line of linesOf(each)) if (!out.write(line)) await once(out, 'drain');
  }
  out.end('# EOF\n');
  await once(out, 'finish');
}

function jsonLine(each, labels, index) {
  const values = [];
  const timestamps = [];
  for (let minute = each.fromMinute; minute <= DAY_MINUTES; minute += each.stepMinutes) {
    values.push(valueAt(each, index, minute));
    timestamps.push((MIDNIGHT + minute * 60) * 1000);
  }
  return JSON.stringify({ metric: { __name__: each.name, ...labels }, values, timestamps });
}

/** Imports the same into a VictoriaMetrics, and waits until it finds all series. */
export async function importDay(url, progress) {
  for (const each of FAMILIES) {
    progress(`importing ${each.name}`);
    for (let from = 0; from < each.series.length; from += BATCH_SERIES) {
      const body = each.series
        .slice(from, from + BATCH_SERIES)
        .map((labels, index) => jsonLine(each, labels, from + index))
        .join('\n');
      const answer = await fetch(`${url}/api/v1/import`, { method: 'POST', body });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
      await answer.body?.cancel();
    }
  }
  const wanted = FAMILIES.reduce((sum, { series }) => sum + series.length, 0);
  for (let round = 0; round < 60; round += 1) {
    await fetch(`${url}/internal/force_flush`);
    const [found] = await queryEngine(url, 'count({__name__!=""})', END_SECONDS);
    if (found?.value === wanted) return;
    await sleep(1000);
  }
  throw new Error('VictoriaMetrics does not find every series');
}
