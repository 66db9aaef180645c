import type { Finding, RuleName } from '@tokenmeter/anomaly';
import { createLinks } from './channels/create-links.ts';
import { createNotice } from './channels/create-notice.ts';
import type { NoticeFacts } from './channels/describe-alert.ts';
import type { Notice } from './ports.ts';

/** Friday 9 October 2026, 14:46 in Berlin. */
export const STARTED: number = Date.UTC(2026, 9, 9, 12, 46);
const MINUTE_MS = 60_000;

const BASE: Finding = {
  rule: 'volume',
  severity: 'critical',
  labels: { service: 'shop', environment: 'production', feature: 'support-bot' },
  epochMs: STARTED + 14 * MINUTE_MS,
  quantity: 'calls',
  observed: 3120,
  expected: { low: 700, mid: 1020, high: 1480, basis: 'usual for Friday 14:00, 4 weeks' },
  windowMinutes: 60,
  score: 4.6,
  usdPerHour: 41,
  sinceEpochMs: STARTED,
  decomposition: { volume: 38.5, output_tokens: 2.75, price: -0.25, mix: 0, cache: 0 },
  contributors: [
    { dimension: 'model', name: 'gpt-5-mini', share: 0.86 },
    { dimension: 'team', name: 'care', share: 0.61 },
  ],
  evidenceCalls: 3120,
};

/** One finding of each rule, as the rules make them. */
export const FINDINGS: Readonly<Record<RuleName, Finding>> = {
  volume: BASE,
  cost_per_request: {
    ...BASE,
    rule: 'cost_per_request',
    severity: 'warning',
    quantity: 'usd_per_call',
    observed: 0.0312,
    expected: { low: 0.0161, mid: 0.0184, high: 0.021, basis: 'usual cost of a call, 28 days' },
    windowMinutes: 20,
    usdPerHour: 7.684,
    decomposition: { volume: 0.113, input_tokens: 6.905, cache: 0.611, price: 0.055 },
    contributors: [{ dimension: 'model', name: 'claude-sonnet-4-5', share: 1 }],
    evidenceCalls: 212,
  },
  cache_hit_rate: {
    ...BASE,
    rule: 'cache_hit_rate',
    quantity: 'hit_rate',
    observed: 0.31,
    expected: { low: 0.66, mid: 0.72, high: 0.78, basis: 'usual hit rate, 28 days' },
    usdPerHour: 3.2,
    decomposition: { volume: 0.4, cache: 2.8 },
    contributors: [],
    evidenceCalls: 480,
  },
  model_drift: {
    ...BASE,
    rule: 'model_drift',
    labels: { ...BASE.labels, model: 'gpt-5.2-pro' },
    quantity: 'share',
    observed: 0.42,
    expected: { low: 0, mid: 0, high: 0.01, basis: 'not seen in the last 28 days' },
    usdPerHour: 118.4,
    decomposition: { mix: 117.9, output_tokens: 0.5 },
    contributors: [{ dimension: 'model', name: 'gpt-5.2-pro', share: 0.97 }],
    evidenceCalls: 96,
  },
  budget: {
    ...BASE,
    rule: 'budget',
    severity: 'warning',
    labels: { service: 'shop', period: 'day' },
    quantity: 'cost_usd',
    observed: 412.5,
    expected: {
      low: 0,
      mid: 500,
      high: 500,
      basis: 'budget of the day; 618.40 USD at its end as it usually goes on',
    },
    windowMinutes: 887,
    score: 0,
    usdPerHour: 7.07,
    decomposition: { volume: 7.07 },
    contributors: [{ dimension: 'feature', name: 'support-bot', share: 0.71 }],
    evidenceCalls: 0,
  },
  slow_burn: {
    ...BASE,
    rule: 'slow_burn',
    severity: 'warning',
    quantity: 'cost_usd',
    observed: 914.2,
    expected: { low: 640, mid: 683.1, high: 730, basis: 'usual for the same hours of the week' },
    windowMinutes: 72 * 60,
    score: 13.4,
    usdPerHour: 3.21,
    decomposition: { volume: 1.1, input_tokens: 2.11 },
    contributors: [],
    evidenceCalls: 45_210,
  },
  unpriced: {
    ...BASE,
    rule: 'unpriced',
    severity: 'warning',
    labels: { ...BASE.labels, model: 'acme-large-2' },
    quantity: 'share',
    observed: 0.353,
    expected: { low: 0, mid: 0, high: 0, basis: 'every call should have a price' },
    score: 0,
    usdPerHour: 0,
    decomposition: {},
    contributors: [],
    evidenceCalls: 12,
  },
  coverage: {
    ...BASE,
    rule: 'coverage',
    severity: 'warning',
    labels: { service: 'shop' },
    quantity: 'share',
    observed: 0.086,
    expected: {
      low: 0,
      mid: 0,
      high: 0.02,
      basis: 'every recognised request should be metered',
    },
    score: 0,
    usdPerHour: 0,
    decomposition: {},
    contributors: [],
    evidenceCalls: 90,
  },
  pipeline_gap: {
    ...BASE,
    rule: 'pipeline_gap',
    labels: {},
    quantity: 'share',
    observed: 0.6,
    expected: { low: 0, mid: 0, high: 0, basis: 'every minute should have data' },
    windowMinutes: 20,
    score: 0,
    usdPerHour: 0,
    decomposition: {},
    contributors: [],
    evidenceCalls: 0,
  },
};

/** Facts of a firing incident of a rule, with all links, as a worker with a base URL makes them. */
export function factsOf(rule: RuleName, change: Partial<NoticeFacts> = {}): NoticeFacts {
  const finding = FINDINGS[rule];
  const facts = {
    idempotencyKey: `inc-${rule}-1:1:firing`,
    incidentId: `inc-${rule}-1`,
    transition: 'firing',
    severity: finding.severity,
    finding,
    epochMs: finding.epochMs,
    startedEpochMs: STARTED,
    ...change,
  } as const;
  const links = createLinks(facts, { baseUrl: 'https://spend.example.com' });
  const signed = `https://spend.example.com/incidents/${facts.incidentId}/acknowledge?signature=4e1f`;
  return { ...facts, links: { ...links, acknowledge: signed, ...change.links } };
}

/** The same with its words, for a reader in Berlin. */
export function noticeOf(rule: RuleName, change: Partial<NoticeFacts> = {}): Notice {
  return createNotice(factsOf(rule, change), { timeZone: 'Europe/Berlin' });
}
