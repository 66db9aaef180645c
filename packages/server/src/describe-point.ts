import type { CounterSample } from './counter-delta.ts';
import { MAX_COUNT, MAX_USD } from './describe-call.ts';
import type { Attributes, ReceivedPoint } from './received-telemetry.ts';
import { describeCounterSeries, MEASURES, type UsageSeries } from './usage-series.ts';

/** One sample of a counter that the ledger reads. */
export interface CounterPoint {
  /** Identity of the raw series: every label, the scope, the metric and, when cumulative, where it began. */
  readonly streamKey: string;
  readonly isCumulative: boolean;
  readonly sample: CounterSample;
  /** The usage series that it adds to; computed only for raw series not seen before. */
  readonly describe: () => UsageSeries;
}

/** A sample to count, or why it cannot be. */
export type DescribedPoint =
  | { readonly kind: 'point'; readonly point: CounterPoint }
  | { readonly kind: 'rejected'; readonly problem: string };

const PICO = 1e12;

function identity(attributes: Attributes): string {
  const entries = [...attributes].sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(entries);
}

const identities = new WeakMap<Attributes, string>();

/** A resource is shared by all points of a request; its identity is computed once. */
function resourceIdentity(resource: Attributes): string {
  const known = identities.get(resource);
  if (known !== undefined) return known;
  const text = identity(resource);
  identities.set(resource, text);
  return text;
}

function problemOf(point: ReceivedPoint, limit: number, latestEpochMs: number): string | undefined {
  const { value, epochMs, metric } = point;
  if (!point.isMonotonic) return `${metric} must be monotonic`;
  if (!(epochMs > 0)) return `a point of ${metric} has no time`;
  if (epochMs > latestEpochMs) return `a point of ${metric} lies in the future`;
  if (value === undefined) return `a point of ${metric} has no value`;
  if (!(value >= 0 && value <= limit))
    return `a point of ${metric} is not a number from 0 to ${limit}`;
  return undefined;
}

/** Checks one point of a wanted metric and names its series. Never throws. */
export function describePoint(point: ReceivedPoint, latestEpochMs: number): DescribedPoint {
  const measure = MEASURES.get(point.metric) ?? 'calls';
  const isMoney = measure === 'cost';
  const problem = problemOf(point, isMoney ? MAX_USD : MAX_COUNT, latestEpochMs);
  if (problem !== undefined) return { kind: 'rejected', problem };
  const value = Math.round((point.value ?? 0) * (isMoney ? PICO : 1));
  const { attributes, resource } = point;
  const start = point.isCumulative ? String(point.startEpochMs) : 'delta';
  return {
    kind: 'point',
    point: {
      streamKey: [
        point.metric,
        start,
        point.scopeName,
        resourceIdentity(resource),
        identity(attributes),
      ].join('\n'),
      isCumulative: point.isCumulative,
      sample: { epochMs: point.epochMs, value: BigInt(value) },
      describe: () => describeCounterSeries(measure, attributes, resource),
    },
  };
}
