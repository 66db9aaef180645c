import type { SeriesLabels } from './usage-minute.ts';

/** Levels at which rules look, from the whole down. */
type ScopeLevel = 'total' | 'service' | 'feature';

/** A set of series that is judged as one. */
export interface Scope {
  readonly key: string;
  readonly level: ScopeLevel;
  /** Undefined for the total. */
  readonly parentKey: string | undefined;
  readonly labels: Readonly<Partial<SeriesLabels>>;
}

/** Key of one series: equal labels give equal keys. */
export function seriesKey(labels: SeriesLabels): string {
  return JSON.stringify([
    labels.service,
    labels.environment ?? null,
    labels.feature,
    labels.team ?? null,
    labels.provider,
    labels.model,
  ]);
}

/** The scopes that a series belongs to: total, its service, its feature. */
export function scopesOf(labels: SeriesLabels): readonly [Scope, Scope, Scope] {
  const environment = labels.environment === undefined ? {} : { environment: labels.environment };
  const service = { service: labels.service, ...environment };
  const feature = { ...service, feature: labels.feature };
  const serviceKey = JSON.stringify([labels.service, labels.environment ?? null]);
  const featureKey = JSON.stringify([labels.service, labels.environment ?? null, labels.feature]);
  return [
    { key: 'total', level: 'total', parentKey: undefined, labels: {} },
    { key: serviceKey, level: 'service', parentKey: 'total', labels: service },
    { key: featureKey, level: 'feature', parentKey: serviceKey, labels: feature },
  ];
}
