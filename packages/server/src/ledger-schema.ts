import { CALL_TEXT_COLUMNS } from './describe-call.ts';
import { SERIES_COLUMNS } from './usage-series.ts';

/** Version of the tables. A ledger of another version is refused, never rewritten silently. */
export const SCHEMA_VERSION = 2;

/** What brings the tables of an older version to the next one. Nothing that was written changes. */
export const SCHEMA_UPGRADES: Readonly<Record<number, readonly string[]>> = {
  1: ['ALTER TABLE calls ADD COLUMN price_basis VARCHAR'],
};

const texts = (columns: readonly string[]): string =>
  columns.map((column) => `${column} VARCHAR`).join(', ');

const SERIES_NAMES = SERIES_COLUMNS.filter((column) => column !== 'seeded');

/**
 * Tables and views, each created when missing. No primary keys and no indexes: repetitions are recognised in memory, and
 * index checkpoints are where this engine has failed others (duckdb issues 21749, 22823).
 */
export const SCHEMA: readonly string[] = [
  'CREATE TABLE IF NOT EXISTS ledger_meta (version INTEGER)',
  'CREATE TABLE IF NOT EXISTS presence (came TIMESTAMPTZ, seen TIMESTAMPTZ)',
  `CREATE TABLE IF NOT EXISTS calls (start_ts TIMESTAMPTZ, end_ts TIMESTAMPTZ, trace_id VARCHAR, span_id VARCHAR,
    parent_span_id VARCHAR, ${texts(CALL_TEXT_COLUMNS)}, resend_count INTEGER, input_tokens BIGINT,
    output_tokens BIGINT, cache_read_tokens BIGINT, cache_write_tokens BIGINT, reasoning_tokens BIGINT,
    cost_pico_usd BIGINT, is_metered BOOLEAN, is_seeded BOOLEAN, price_basis VARCHAR)`,
  `CREATE TABLE IF NOT EXISTS call_costs (repricing INTEGER, repriced_at TIMESTAMPTZ, start_ts TIMESTAMPTZ,
    trace_id VARCHAR, span_id VARCHAR, cost_pico_usd BIGINT, cost_source VARCHAR, price_version VARCHAR,
    unpriced_reason VARCHAR)`,
  `CREATE TABLE IF NOT EXISTS usage_series (series_id INTEGER, ${texts(SERIES_COLUMNS)})`,
  'CREATE TABLE IF NOT EXISTS usage_points (minute TIMESTAMPTZ, series_id INTEGER, amount BIGINT)',
  'CREATE TABLE IF NOT EXISTS counter_streams (stream_id INTEGER, stream_key VARCHAR, series_id INTEGER)',
  `CREATE TABLE IF NOT EXISTS counter_samples (stream_id INTEGER, epoch_ms DOUBLE, value BIGINT,
    is_complete BOOLEAN)`,
  `CREATE OR REPLACE VIEW usage_1m AS SELECT p.minute, ${SERIES_NAMES.filter(
    (column) => column !== 'measure',
  )
    .map((column) => `nullif(s.${column}, '') AS ${column}`)
    .join(', ')},
    coalesce(nullif(s.response_model, ''), nullif(s.request_model, ''), 'unknown') AS model,
    s.seeded = 'true' AS is_seeded, s.measure,
    CASE WHEN s.measure = 'calls' THEN p.amount ELSE 0 END AS calls,
    CASE WHEN s.measure = 'tokens' THEN p.amount ELSE 0 END AS tokens,
    CASE WHEN s.measure = 'cost' THEN p.amount ELSE 0 END AS cost_pico_usd,
    CASE WHEN s.measure = 'cost' THEN p.amount / 1e12 ELSE 0 END AS cost_usd,
    CASE WHEN s.measure = 'unpriced' THEN p.amount ELSE 0 END AS unpriced_calls,
    CASE WHEN s.measure = 'recognised' THEN p.amount ELSE 0 END AS recognised_requests,
    CASE WHEN s.measure = 'metered' THEN p.amount ELSE 0 END AS metered_requests
    FROM usage_points p JOIN usage_series s USING (series_id)`,
  // The start takes part so that a range of calls reads only its own costs: a tenth of a million in a fifth of the time.
  `CREATE OR REPLACE VIEW newest_call_costs AS SELECT * FROM call_costs
    QUALIFY row_number() OVER (PARTITION BY start_ts, trace_id, span_id ORDER BY repricing DESC) = 1`,
  `CREATE OR REPLACE VIEW priced_calls AS SELECT c.* REPLACE (
    CASE WHEN n.repricing IS NULL THEN c.cost_pico_usd ELSE n.cost_pico_usd END AS cost_pico_usd,
    coalesce(n.cost_source, c.cost_source) AS cost_source,
    coalesce(n.price_version, c.price_version) AS price_version,
    coalesce(n.unpriced_reason, c.unpriced_reason) AS unpriced_reason),
    c.cost_pico_usd AS reported_cost_pico_usd, c.price_version AS reported_price_version,
    c.unpriced_reason AS reported_unpriced_reason, n.repriced_at
    FROM calls c LEFT JOIN newest_call_costs n ON n.start_ts = c.start_ts AND n.trace_id = c.trace_id AND n.span_id = c.span_id`,
  `CREATE OR REPLACE VIEW llm_telemetry AS SELECT start_ts AS "timestamp", end_ts, trace_id, span_id, provider,
    coalesce(nullif(response_model, ''), nullif(request_model, ''), 'unknown') AS model, model_family,
    nullif(request_model, '') AS request_model, nullif(response_model, '') AS response_model,
    feature, nullif(route, '') AS endpoint, nullif(environment, '') AS environment, service,
    nullif(team, '') AS team, nullif(user_id, '') AS user_id, nullif(tenant_id, '') AS tenant_id,
    nullif(session_id, '') AS session_id, nullif(conversation_id, '') AS conversation_id,
    nullif(prompt_name, '') AS prompt_name, nullif(prompt_version, '') AS prompt_version,
    nullif(agent, '') AS agent, operation, outcome, nullif(error_type, '') AS error_type, resend_count,
    input_tokens, output_tokens, reasoning_tokens, cache_write_tokens,
    coalesce(cache_read_tokens, 0) > 0 AS cache_hit, coalesce(cache_read_tokens, 0) AS cache_tokens,
    cost_pico_usd / 1e12 AS cost_usd, cost_pico_usd, nullif(cost_source, '') AS cost_source,
    nullif(price_version, '') AS price_version, nullif(unpriced_reason, '') AS unpriced_reason,
    is_metered, is_seeded, epoch_ms(end_ts) - epoch_ms(start_ts) AS duration_ms,
    reported_cost_pico_usd / 1e12 AS reported_cost_usd, nullif(reported_price_version, '') AS reported_price_version,
    repriced_at FROM priced_calls`,
  `CREATE OR REPLACE VIEW repriced_1m AS SELECT date_trunc('minute', end_ts - INTERVAL 1 MICROSECOND) AS minute,
    provider, coalesce(nullif(response_model, ''), nullif(request_model, ''), 'unknown') AS model, feature,
    count(*) AS calls, sum(coalesce(reported_cost_pico_usd, 0)) / 1e12 AS reported_cost_usd,
    sum(coalesce(cost_pico_usd, 0)) / 1e12 AS cost_usd,
    (sum(coalesce(cost_pico_usd, 0)) - sum(coalesce(reported_cost_pico_usd, 0))) / 1e12 AS difference_usd
    FROM priced_calls WHERE repriced_at IS NOT NULL GROUP BY ALL`,
];
