import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SinkSpan } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { root } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { CALL_USD, foreignSpans, sendTraces } from './foreign-spans.ts';
import { runIntoSink } from './run-into-sink.ts';

const collector = findComponent('collector');
const chdb = findComponent('chdb');
const isComplete = collector.isThere && chdb.isThere;

const BY_HOUR = `SELECT
  feature,
  model,
  DATE_TRUNC('hour', timestamp) as hour,
  SUM(cost_usd) as total_cost,
  SUM(input_tokens) as input_tokens,
  SUM(output_tokens) as output_tokens,
  COUNT(*) as call_count
FROM llm_telemetry
WHERE timestamp >= NOW() - INTERVAL '24 hours'
GROUP BY feature, model, hour
ORDER BY total_cost DESC`;

const SPIKES = `WITH hourly_costs AS (
  SELECT
    feature,
    DATE_TRUNC('hour', timestamp) as hour,
    SUM(cost_usd) as hourly_cost,
    AVG(cost_usd) as avg_per_call
  FROM llm_telemetry
  WHERE timestamp >= NOW() - INTERVAL '7 days'
  GROUP BY feature, hour
),
baselines AS (
  SELECT
    feature,
    AVG(hourly_cost) as baseline_cost,
    STDDEV(hourly_cost) as cost_stddev
  FROM hourly_costs
  GROUP BY feature
)
SELECT
  hc.feature,
  hc.hour,
  hc.hourly_cost,
  b.baseline_cost,
  (hc.hourly_cost - b.baseline_cost) / NULLIF(b.cost_stddev, 0) as z_score
FROM hourly_costs hc
JOIN baselines b ON hc.feature = b.feature
WHERE hc.hourly_cost > b.baseline_cost + (2 * b.cost_stddev)
ORDER BY z_score DESC`;

function askClickHouse(statements: readonly string[]): readonly unknown[][] {
  const answer = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'clickhouse-session.mjs'), chdb.isThere ? chdb.path : ''],
    { input: JSON.stringify(statements), encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  if (answer.status !== 0) throw new Error(answer.stderr.slice(0, 2000));
  const texts: string[] = JSON.parse(answer.stdout);
  return texts.map((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  );
}

/** Values are text in the exporter's maps. */
function texts(attributes: SinkSpan['attributes']): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)]));
}

/** A span in the columns that contrib's exporter inserts, moved into the past. */
function rowOf(span: SinkSpan, hoursAgo: number): string {
  const startMs = Number(span.startUnixNano / 1_000_000n) - hoursAgo * 3_600_000;
  return JSON.stringify({
    Timestamp: new Date(startMs).toISOString().replace('T', ' ').replace('Z', ''),
    TraceId: span.traceId,
    SpanId: span.spanId,
    ParentSpanId: span.parentSpanId ?? '',
    TraceState: '',
    SpanName: span.name,
    SpanKind: 'Client',
    ServiceName: String(span.resource['service.name']),
    ResourceAttributes: texts(span.resource),
    ScopeName: span.scope,
    ScopeVersion: '',
    SpanAttributes: texts(span.attributes),
    Duration: Number(span.endUnixNano - span.startUnixNano),
    StatusCode: 'Unset',
    StatusMessage: '',
  });
}

async function meteredSpans(count: number): Promise<readonly SinkSpan[]> {
  await using run = await runIntoSink(collector);
  const { running, sink } = run;
  const call = { attributes: { 'tokenmeter.feature': 'search' } };
  const calls = Array.from({ length: count }, () => call);
  await sendTraces(running.url, foreignSpans([...calls, { model: 'nobody-prices-this', ...call }]));
  await running.stop();
  return sink.spans();
}

test.skipIf(!isComplete)(
  'both queries of the article run unchanged on ClickHouse, and a span written twice counts once',
  { timeout: 240_000 },
  async () => {
    const spans = await meteredSpans(240);
    // Ten hours with ten calls, and one, the latest, with all the rest.
    const rows = spans.map((span, index) =>
      rowOf(span, index < 100 ? 1 + Math.floor(index / 10) : 0),
    );
    const sql = readFileSync(join(root, 'collector-config/backends/clickhouse.sql'), 'utf8');
    const schema = sql
      .replaceAll(/^\s*--.*$/gm, '')
      .split(';')
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '');
    const insert = (part: readonly string[]): string =>
      `INSERT INTO otel_traces FORMAT JSONEachRow ${part.join('\n')}`;
    const answers = askClickHouse([
      'CREATE DATABASE otel',
      'USE otel',
      ...schema,
      // Once more, as another start would.
      ...schema,
      insert(rows),
      insert(rows.slice(0, 130)),
      BY_HOUR,
      SPIKES,
      'SELECT count() AS calls, countIf(cost_usd IS NULL) AS unpriced FROM llm_telemetry',
    ]);
    const [byHour, spikes, counted] = answers.slice(-3);
    expect(counted).toEqual([{ calls: 241, unpriced: 1 }]);
    const totals = byHour?.map((row) => Number(Reflect.get(Object(row), 'total_cost'))) ?? [];
    expect(totals.reduce((sum, usd) => sum + usd, 0)).toBeCloseTo(240 * CALL_USD, 9);
    expect(byHour?.[0]).toMatchObject({ feature: 'search', model: 'gpt-4o' });
    expect(spikes).toHaveLength(1);
    expect(Reflect.get(Object(spikes?.[0]), 'hourly_cost')).toBeCloseTo(140 * CALL_USD, 9);
  },
);
