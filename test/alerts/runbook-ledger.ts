import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FINDINGS } from '../../packages/worker/src/alerts.test-kit.ts';
import {
  makeSpan,
  metricRequest,
  sendUntilAcknowledged,
  traceRequest,
} from '../e2e/otlp-client.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Minutes before now at which there were calls: this hour, yesterday, a week and two weeks ago. */
const AGES = [5, 6, 7, 20, 90, 26 * 60, 7 * 24 * 60 + 5, 14 * 24 * 60 - 5];
const FEATURES = ['smart-reply', 'summarize', 'triage'];

/** Spans of a few calls that every query of the runbooks finds something in. */
function spansAt(nowEpochMs: number): unknown[] {
  return AGES.flatMap((minutes, index) =>
    FEATURES.flatMap((feature) => {
      const epochMs = nowEpochMs - minutes * MINUTE_MS;
      const call = {
        'tokenmeter.feature': feature,
        'tokenmeter.team': 'support',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 1200,
        'gen_ai.usage.output_tokens': 300,
        'gen_ai.usage.cache_read.input_tokens': index % 2 === 0 ? 600 : 0,
        'gen_ai.usage.cache_creation.input_tokens': 100,
        'gen_ai.conversation.id': `conversation-${index % 2}`,
        'gen_ai.prompt.name': 'answer',
        'gen_ai.prompt.version': `v${index % 2}`,
        'user.id': `user-${index}`,
        'http.route': '/answers',
        'tokenmeter.metered': false,
      };
      const priced = {
        ...call,
        'gen_ai.response.model': 'gpt-4o-2024-11-20',
        'tokenmeter.cost.total': 0.012,
      };
      return [
        makeSpan(epochMs, priced),
        makeSpan(epochMs + 1000, { ...call, 'gen_ai.request.model': 'acme-large-2' }),
        makeSpan(epochMs + 2000, {
          'tokenmeter.feature': feature,
          'gen_ai.request.model': 'gpt-4o',
          'tokenmeter.unpriced.reason': 'no_usage',
        }),
      ];
    }),
  );
}

/** Fills a running ledger, and waits until it is committed. */
export async function fillLedger(url: string): Promise<void> {
  const now = Date.now();
  const signal = AbortSignal.timeout(20_000);
  await sendUntilAcknowledged(url, '/v1/traces', traceRequest('helpdesk', spansAt(now)), signal);
  const resource = { 'service.name': 'helpdesk', 'service.instance.id': 'one' };
  const counter = (name: string, value: number) => ({
    name,
    unit: '{request}',
    value,
    attributes: {},
  });
  for (const [step, epochMs] of [now - 2 * HOUR_MS, now - MINUTE_MS].entries()) {
    const times = { startEpochMs: now - 3 * HOUR_MS, epochMs };
    const points = [
      counter('tokenmeter.self.recognised', 100 * (step + 1)),
      counter('tokenmeter.self.metered', 90 * (step + 1)),
    ];
    const body = metricRequest(resource, times, points);
    await sendUntilAcknowledged(url, '/v1/metrics', body, signal);
  }
}

/** Puts an open incident into the worker's state and gives its id. */
export function addIncident(dataDir: string): string {
  const id = 'inc-3f2a9c';
  const now = Date.now();
  const finding = { ...FINDINGS.volume, epochMs: now, sinceEpochMs: now - 10 * MINUTE_MS };
  const incident = {
    id,
    key: 'volume of helpdesk',
    state: 'firing',
    severity: 'critical',
    startedEpochMs: now - 10 * MINUTE_MS,
    updatedEpochMs: now,
    lastFoundEpochMs: now,
    firedEpochMs: now,
    changesEpochMs: [],
    sightings: 2,
    sequence: 1,
    finding,
  };
  const database = new DatabaseSync(join(dataDir, 'worker.sqlite'));
  database
    .prepare(
      "INSERT INTO incident (id, state, started, updated, body, shard) VALUES (?, 'firing', ?, ?, ?, '')",
    )
    .run(id, incident.startedEpochMs, now, JSON.stringify(incident));
  database.close();
  return id;
}
