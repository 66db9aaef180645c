import {
  BASE_COUNTER_ATTRIBUTES,
  CALLS,
  COST,
  general,
  METERED,
  type MetricSpec,
  RECOGNISED,
  TOKENS,
  tokenmeter,
  UNPRICED,
} from '@tokenmeter/semconv';

/** A counter of ours and the recorded series that hold what it gained. */
export interface RecordedCounter {
  readonly spec: MetricSpec;
  /** `tokenmeter:<this>:delta1m`, `:delta1h` and `:seen`. */
  readonly stem: string;
  /** Attributes that the recorded series keep; everything else, replicas above all, is summed away. */
  readonly attributes: readonly string[];
}

/** Where a call came from. */
export const ORIGIN: readonly string[] = [general.serviceName, general.deploymentEnvironmentName];

const BASE: readonly string[] = [...ORIGIN, ...BASE_COUNTER_ATTRIBUTES];

/** The counters that have recorded deltas. */
export type CounterName = 'cost' | 'calls' | 'tokens' | 'unpriced' | 'recognised' | 'metered';

/** What is recorded of each. */
export const RECORDED: Readonly<Record<CounterName, RecordedCounter>> = {
  cost: {
    spec: COST,
    stem: 'cost_usd',
    attributes: [...BASE, tokenmeter.costClass, tokenmeter.costSource, tokenmeter.usageEstimated],
  },
  calls: {
    spec: CALLS,
    stem: 'calls',
    attributes: [...BASE, tokenmeter.outcome, tokenmeter.cache, tokenmeter.retry],
  },
  tokens: { spec: TOKENS, stem: 'tokens', attributes: [...BASE, tokenmeter.tokenClass] },
  unpriced: { spec: UNPRICED, stem: 'unpriced', attributes: [...BASE, tokenmeter.reason] },
  recognised: { spec: RECOGNISED, stem: 'recognised', attributes: ORIGIN },
  metered: { spec: METERED, stem: 'metered', attributes: ORIGIN },
};

/** What a counter gained in each minute. */
export function deltaPerMinute({ stem }: RecordedCounter): string {
  return `tokenmeter:${stem}:delta1m`;
}

/** What a counter gained in each hour. */
export function deltaPerHour({ stem }: RecordedCounter): string {
  return `tokenmeter:${stem}:delta1h`;
}

/** The last value of each raw series, every ten minutes. */
export function lastSeen({ stem }: RecordedCounter): string {
  return `tokenmeter:${stem}:seen`;
}
