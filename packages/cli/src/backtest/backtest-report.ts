import { type Finding, LEAST_ERROR_SHARE, rarityOfScore } from '@tokenmeter/anomaly';
import { renderUsd } from '../render/render-money.ts';
import type { ReplayedIncident, RuleSummary } from './incident-log.ts';
import type { UsageLog } from './usage-log.ts';

/** A finished replay, ready to be shown. */
export interface BacktestReport {
  /** What was replayed, in words: a file, the ledger, a store. */
  readonly source: string;
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  readonly stepMs: number;
  readonly timeZone: string;
  readonly usage: UsageLog;
  readonly incidents: readonly ReplayedIncident[];
  readonly rules: readonly RuleSummary[];
  /** What a reader must know about the input. */
  readonly remarks: readonly string[];
}

/** Where an incident is, in words. */
export function renderPlace({ labels }: ReplayedIncident['finding']): string {
  const place = [labels.service, labels.feature, labels.model].filter((name) => name !== undefined);
  const prompt = labels.promptVersion === undefined ? '' : ` prompt ${labels.promptVersion}`;
  const where = place.length > 0 ? place.join('/') + prompt : 'everything';
  return labels.environment === undefined ? where : `${where} (${labels.environment})`;
}

/** How far off it was at its dearest, in words. */
export function renderSize(finding: ReplayedIncident['finding']): string {
  const { observed, expected, quantity, cause } = finding;
  if (quantity === 'hit_rate' || quantity === 'share') {
    return `${percent(observed)}, usually ${percent(expected.mid)}`;
  }
  if (!(expected.mid > 0)) return cause === 'new_source' ? 'new' : 'none expected';
  const ratio = observed / expected.mid;
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1)}x`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

/** Why it costs more, in words, with the most parts that are wanted: a retry storm by its name, then the largest parts. */
export function renderWhy({ peak }: ReplayedIncident, most: number): string {
  const { cause, retryShare = 0, decomposition } = peak;
  const storm = cause === 'retry_storm' ? [`retry storm: ${percent(retryShare)} are retries`] : [];
  const source = cause === 'new_source' ? ['new traffic source'] : [];
  const parts = largestParts(decomposition, most).map(
    ([name, usd]) => `${name} ${usd < 0 ? '-' : '+'}${renderUsd(Math.abs(usd))}/h`,
  );
  return [...storm, ...source, ...parts].join(', ');
}

/** How surely it is no chance: `Score 5.1 on 445 calls, by chance in 1 of 5,900,000 such windows.` Empty for plain facts. */
export function renderEvidence({ score, evidenceCalls }: Finding): string {
  const rarity = rarityOfScore(score);
  if (rarity === undefined) return '';
  const few = rarity.isRarer ? 'less than ' : '';
  const rounded = rarity.windows.toLocaleString('en-US');
  const calls = evidenceCalls.toLocaleString('en-US', { maximumFractionDigits: 0 });
  return ` Score ${score.toFixed(1)} on ${calls} calls, by chance in ${few}1 of ${rounded} such windows.`;
}

/** What is known of its cause beside the parts: retries, and who it comes from. Begins with a space; empty without any. */
export function renderCause(finding: Finding): string {
  const { cause, retryShare = 0, errorShare = 0, contributors } = finding;
  const words = {
    retry_storm: ` A retry storm: ${percent(retryShare)} are retries.`,
    new_source: ' A new source of traffic.',
  };
  const failed =
    errorShare >= LEAST_ERROR_SHARE ? ` ${percent(errorShare)} of the calls failed.` : '';
  const storm = (cause === undefined ? '' : words[cause]) + failed;
  const from = contributors
    .filter(({ share }) => share > 0)
    .map(({ dimension, name, share }) => `${percent(share)} ${dimension} ${name}`);
  return from.length === 0 ? storm : `${storm} From ${from.join(', ')}.`;
}

const PART_WORDS: Readonly<Record<string, string>> = {
  input_tokens: 'input tokens per call',
  output_tokens: 'output tokens per call',
  mix: 'mix of models',
};

/** The largest parts of a change of cost, largest first, as name and USD per hour. */
export function largestParts(
  decomposition: Readonly<Record<string, number>>,
  most: number,
): readonly (readonly [name: string, usdPerHour: number])[] {
  const entries = Object.entries(decomposition);
  const size = entries.reduce((sum, [, value]) => sum + Math.abs(value), 0);
  return entries
    .filter(([, value]) => size > 0 && Math.abs(value) >= 0.02 * size)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .slice(0, most)
    .map(([name, value]) => [PART_WORDS[name] ?? name.replaceAll('_', ' '), value]);
}

/** A time in a zone, to the minute: `2026-11-05 20:40`. */
export function createTimeRenderer(timeZone: string): (epochMs: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (epochMs) => format.format(epochMs);
}

/** A length of time in words: `35 min`, `4.5 h`, `3.2 days`. */
export function renderLength(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  if (minutes < 2880) return `${Number((minutes / 60).toFixed(1))} h`;
  return `${Number((minutes / 1440).toFixed(1))} days`;
}
