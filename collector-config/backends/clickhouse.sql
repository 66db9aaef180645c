-- Run once, before the Collector's first start, in the database of backends/clickhouse.yaml (default: otel):
--   clickhouse-client --database otel --multiquery < clickhouse.sql
-- The exporter finds its table then and leaves it as it is: the columns are those that it writes, the engine is one in which
-- a span that a retry wrote twice is one span.
CREATE TABLE IF NOT EXISTS otel_traces
(
    Timestamp          DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    TraceId            String CODEC(ZSTD(1)),
    SpanId             String CODEC(ZSTD(1)),
    ParentSpanId       String CODEC(ZSTD(1)),
    TraceState         String CODEC(ZSTD(1)),
    SpanName           LowCardinality(String),
    SpanKind           LowCardinality(String),
    ServiceName        LowCardinality(String),
    ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ScopeName          String CODEC(ZSTD(1)),
    ScopeVersion       String CODEC(ZSTD(1)),
    SpanAttributes     Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    Duration           UInt64 CODEC(ZSTD(1)),
    StatusCode         LowCardinality(String),
    StatusMessage      String CODEC(ZSTD(1)),
    Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes Map(LowCardinality(String), String)),
    Links Nested (TraceId String, SpanId String, TraceState String, Attributes Map(LowCardinality(String), String)),
    INDEX by_trace TraceId TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(Timestamp)
ORDER BY (ServiceName, toStartOfHour(Timestamp), TraceId, SpanId)
-- 13 months: a year can be compared with the year before.
TTL toDateTime(Timestamp) + INTERVAL 397 DAY;

-- One row per call that was metered, under the names of the embedded ledger's view. cost_usd is NULL where nothing prices
-- a call; it is never 0 for that.
CREATE OR REPLACE VIEW llm_telemetry AS
SELECT
    Timestamp AS timestamp,
    Timestamp + toIntervalNanosecond(Duration) AS end_ts,
    TraceId AS trace_id,
    SpanId AS span_id,
    SpanAttributes['gen_ai.provider.name'] AS provider,
    coalesce(
        nullIf(SpanAttributes['gen_ai.response.model'], ''),
        nullIf(SpanAttributes['gen_ai.request.model'], ''),
        'unknown'
    ) AS model,
    nullIf(SpanAttributes['gen_ai.request.model'], '') AS request_model,
    nullIf(SpanAttributes['gen_ai.response.model'], '') AS response_model,
    coalesce(nullIf(SpanAttributes['tokenmeter.feature'], ''), 'unattributed') AS feature,
    nullIf(SpanAttributes['http.route'], '') AS endpoint,
    nullIf(ResourceAttributes['deployment.environment.name'], '') AS environment,
    ServiceName AS service,
    nullIf(SpanAttributes['tokenmeter.team'], '') AS team,
    nullIf(SpanAttributes['user.id'], '') AS user_id,
    nullIf(SpanAttributes['tokenmeter.tenant.id'], '') AS tenant_id,
    nullIf(SpanAttributes['session.id'], '') AS session_id,
    nullIf(SpanAttributes['gen_ai.conversation.id'], '') AS conversation_id,
    nullIf(SpanAttributes['gen_ai.prompt.name'], '') AS prompt_name,
    nullIf(SpanAttributes['gen_ai.prompt.version'], '') AS prompt_version,
    nullIf(SpanAttributes['gen_ai.agent.name'], '') AS agent,
    SpanAttributes['gen_ai.operation.name'] AS operation,
    nullIf(SpanAttributes['error.type'], '') AS error_type,
    toUInt64OrNull(SpanAttributes['gen_ai.usage.input_tokens']) AS input_tokens,
    toUInt64OrNull(SpanAttributes['gen_ai.usage.output_tokens']) AS output_tokens,
    coalesce(toUInt64OrNull(SpanAttributes['gen_ai.usage.cache_read.input_tokens']), 0) AS cache_tokens,
    cache_tokens > 0 AS cache_hit,
    toFloat64OrNull(SpanAttributes['tokenmeter.cost.total']) AS cost_usd,
    nullIf(SpanAttributes['tokenmeter.cost.source'], '') AS cost_source,
    nullIf(SpanAttributes['tokenmeter.cost.price_version'], '') AS price_version,
    Duration / 1e6 AS duration_ms
FROM otel_traces FINAL
WHERE SpanAttributes['tokenmeter.metered'] = 'true';
