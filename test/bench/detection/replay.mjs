// Runs the shipped rules over rows of one or more series, 5 minutes at a time, as `tokenmeter backtest --step 5m` does.
import {
  advance,
  createHistory,
  DEFAULT_INCIDENT_CONFIG,
  DEFAULT_RULES,
  evaluateRules,
  parseHistory,
  renderHistory,
  stepIncidents,
} from '../../../packages/anomaly/dist/index.js';

export const BLOCK_MS = 300_000;
/** Monday 2026-09-07 00:00 UTC, as the number of a block. */
export const FIRST_BLOCK = Date.UTC(2026, 8, 7) / BLOCK_MS;

const INCIDENT_CONFIG = { ...DEFAULT_INCIDENT_CONFIG, sightings: 1 };

export function utcHourOfWeek(epochMs) {
  return (Math.floor(epochMs / 3_600_000) + 72) % 168;
}

export const LABELS = {
  service: 'shop',
  feature: 'chat',
  provider: 'openai',
  model: 'gpt-5-mini',
};

/** A row with usual tokens and price: 1,000 input and 250 output tokens for a cent. */
export function rowOf(block, calls, extra = {}) {
  return {
    minuteEpochMs: (FIRST_BLOCK + block) * BLOCK_MS,
    labels: LABELS,
    calls,
    costUsd: calls * 0.01,
    inputTokens: calls * 1000,
    cacheReadTokens: 0,
    outputTokens: calls * 250,
    unpricedCalls: 0,
    cacheHits: 0,
    cacheMisses: 0,
    errors: 0,
    retries: 0,
    ...extra,
  };
}

/** A replay that has seen nothing. `rows(block)` gives the rows of a block. */
export function createReplay({
  hourOfWeek = utcHourOfWeek,
  rules = DEFAULT_RULES,
  gaps = [],
} = {}) {
  return { history: createHistory(), states: {}, incidents: {}, hourOfWeek, rules, gaps };
}

/** A copy to go on from. */
export function copyOf(replay) {
  return { ...replay, history: parseHistory(renderHistory(replay.history)) };
}

/** Replays blocks [from, to); returns the transitions that people would have heard of. */
export function run(replay, rows, from, to) {
  const { hourOfWeek, rules, gaps } = replay;
  const heard = [];
  for (let block = from; block < to; block += 1) {
    const toEpochMs = (FIRST_BLOCK + block + 1) * BLOCK_MS;
    replay.history = advance(replay.history, { minutes: rows(block), gaps, toEpochMs }, hourOfWeek);
    const result = evaluateRules(rules, replay.states, {
      history: replay.history,
      epochMs: toEpochMs,
      hourOfWeek,
    });
    replay.states = result.states;
    if (result.findings.length === 0 && Object.keys(replay.incidents).length === 0) continue;
    const { findings, unknownRules } = result;
    const next = stepIncidents(
      replay.incidents,
      { epochMs: toEpochMs, findings, unknownRules },
      INCIDENT_CONFIG,
    );
    replay.incidents = next.incidents;
    for (const { kind, incident } of next.transitions) {
      heard.push({
        block,
        kind,
        rule: incident.finding.rule,
        severity: incident.severity,
        incident,
      });
    }
  }
  return heard;
}

/** Alarms: what began to fire, and whether it ever was critical. */
export function alarmsOf(heard) {
  const alarms = heard.filter(({ kind }) => kind === 'firing');
  const criticals = heard.filter(
    ({ kind, severity }) => severity === 'critical' && (kind === 'firing' || kind === 'escalated'),
  );
  return { alarms, criticals };
}
