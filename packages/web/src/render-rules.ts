/** Thresholds of the article's rules with a size, as people say them. */
export interface Thresholds {
  /** Calls, in per cent of what is usual. */
  readonly volumeWarning: number;
  readonly volumeCritical: number;
  /** More per call than usual, in per cent. */
  readonly costWarning: number;
  readonly costCritical: number;
  /** Cache hit rate, in per cent. */
  readonly cacheWarning: number;
  readonly cacheCritical: number;
}

/** The article's own numbers. */
export const ARTICLE_THRESHOLDS: Thresholds = {
  volumeWarning: 150,
  volumeCritical: 250,
  costWarning: 50,
  costCritical: 100,
  cacheWarning: 60,
  cacheCritical: 40,
};

const share = (percent: number): string => String(Number((percent / 100).toFixed(4)));

/** Renders the thresholds as the rules of a tokenmeter.yaml. Which models are expected is learned. */
export function renderRules(thresholds: Thresholds): string {
  return [
    'rules:',
    '  volume:',
    `    warningRatio: ${share(thresholds.volumeWarning)}`,
    `    criticalRatio: ${share(thresholds.volumeCritical)}`,
    '  cost_per_request:',
    `    warningRatio: ${share(100 + thresholds.costWarning)}`,
    `    criticalRatio: ${share(100 + thresholds.costCritical)}`,
    '  cache_hit_rate:',
    `    warningRate: ${share(thresholds.cacheWarning)}`,
    `    criticalRate: ${share(thresholds.cacheCritical)}`,
    '',
  ].join('\n');
}
