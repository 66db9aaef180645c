import type { AggregationTemporality, InstrumentType } from '@opentelemetry/sdk-metrics';

/** Values of the SDK's enum, which a type-only import cannot reach. */
const DELTA: AggregationTemporality = 0;
const CUMULATIVE: AggregationTemporality = 1;

const DELTA_INSTRUMENTS: ReadonlySet<string> = new Set([
  'COUNTER',
  'OBSERVABLE_COUNTER',
  'GAUGE',
  'HISTOGRAM',
  'OBSERVABLE_GAUGE',
]);
const LOW_MEMORY_INSTRUMENTS: ReadonlySet<string> = new Set(['COUNTER', 'HISTOGRAM']);

/**
 * Chooses temporality as `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE` says: cumulative unless it says `delta` or
 * `lowmemory`. Cumulative loses nothing when an export fails.
 */
export function metricTemporality(
  preference: string | undefined,
): (instrument: InstrumentType) => AggregationTemporality {
  const instruments = deltaInstruments(preference?.trim().toLowerCase());
  return (instrument) => (instruments.has(instrument) ? DELTA : CUMULATIVE);
}

/** True when counters and histograms are wanted as deltas. */
export function isDeltaPreferred(preference: string | undefined): boolean {
  return deltaInstruments(preference?.trim().toLowerCase()).has('COUNTER');
}

function deltaInstruments(preference: string | undefined): ReadonlySet<string> {
  if (preference === 'delta') return DELTA_INSTRUMENTS;
  return preference === 'lowmemory' ? LOW_MEMORY_INSTRUMENTS : new Set();
}
