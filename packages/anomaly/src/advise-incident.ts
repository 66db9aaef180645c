import type { Incident } from './incident.ts';

/** What an incident that goes on calls for. */
export interface Advice {
  /** Constant per incident: it is given once. */
  readonly step: 'volume' | 'cost_per_request' | 'cache_hit_rate';
  /** One sentence for a person. */
  readonly note: string;
}

/** When advice is given; an undefined time means never. */
export interface AdviceConfig {
  /** Time after which volume that still grows calls for a limit. */
  readonly volumeMs: number | undefined;
  /** Growth since it fired that counts as growing. */
  readonly growth: number;
  /** Time without a named cause after which a dearer call calls for a roll-back. */
  readonly costPerRequestMs: number | undefined;
  /** Time with less than half of the calls hitting the cache after which caching is not worth its optimisation. */
  readonly cacheHitRateMs: number | undefined;
}

const MINUTE_MS = 60_000;

/** 15 minutes and 1 hour are the article's ("Monitoring Token Spend in Real-Time"); 10 minutes of growth are ours. */
export const DEFAULT_ADVICE_CONFIG: AdviceConfig = {
  volumeMs: 10 * MINUTE_MS,
  growth: 1.1,
  costPerRequestMs: 15 * MINUTE_MS,
  cacheHitRateMs: 60 * MINUTE_MS,
};

/**
 * What the article advises for an incident at this time: volume that keeps growing → limit the rate or switch the feature
 * flag off; a dearer call whose cause nobody has named → roll back; a hit rate that stays below half → switch the caching
 * optimisation off. Undefined when nothing is called for, and for incidents that are over, silenced or not told.
 */
export function adviseIncident(
  incident: Incident,
  epochMs: number,
  config: AdviceConfig = DEFAULT_ADVICE_CONFIG,
): Advice | undefined {
  if (incident.state !== 'firing' && incident.state !== 'acknowledged') return undefined;
  const openMs = epochMs - (incident.firedEpochMs ?? incident.startedEpochMs);
  switch (incident.finding.rule) {
    case 'volume':
      return adviseVolume(incident, openMs, config);
    case 'cost_per_request':
      if (incident.cause !== undefined || openMs < (config.costPerRequestMs ?? Infinity))
        return undefined;
      return {
        step: 'cost_per_request',
        note: `No cause has been named for ${minutes(openMs)}: roll back to the previous version.`,
      };
    case 'cache_hit_rate': {
      const { lowHitRateSinceEpochMs: since = epochMs } = incident;
      if (epochMs - since < (config.cacheHitRateMs ?? Infinity)) return undefined;
      return {
        step: 'cache_hit_rate',
        note: `Less than half of the calls have hit the cache for ${minutes(epochMs - since)}: switch the caching optimisation off.`,
      };
    }
    default:
      return undefined;
  }
}

function adviseVolume(
  { finding, firedRatio }: Incident,
  openMs: number,
  config: AdviceConfig,
): Advice | undefined {
  if (firedRatio === undefined || openMs < (config.volumeMs ?? Infinity)) return undefined;
  const ratio = finding.observed / finding.expected.mid;
  if (!(ratio >= firedRatio * config.growth)) return undefined;
  return {
    step: 'volume',
    note: `Volume keeps growing, from ${times(firedRatio)} to ${times(ratio)} the expected: limit the rate, or switch the feature flag off.`,
  };
}

function minutes(ms: number): string {
  return `${Math.round(ms / MINUTE_MS)} minutes`;
}

function times(ratio: number): string {
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1)}x`;
}
