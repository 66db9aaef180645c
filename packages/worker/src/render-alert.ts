import type { Finding, Incident, Transition } from '@tokenmeter/anomaly';

/** How alerts are worded. */
export interface RenderOptions {
  readonly timeZone: string;
  readonly pageUrl?: string | undefined;
}

const RULE_WORDS: Readonly<Record<Finding['rule'], string>> = {
  volume: 'volume',
  cost_per_request: 'cost per request',
  cache_hit_rate: 'cache hit rate',
  model_drift: 'model drift',
  budget: 'budget',
  slow_burn: 'slow burn',
  unpriced: 'unpriced calls',
  coverage: 'coverage',
  pipeline_gap: 'pipeline gap',
};

const PART_WORDS: Readonly<Record<string, string>> = {
  volume: 'volume',
  mix: 'mix of models and features',
  input_tokens: 'input tokens per call',
  output_tokens: 'output tokens per call',
  cache: 'cache',
  price: 'price',
  other: 'other',
};

/** Renders the one-line title of an alert: severity, rule, where, and how far off. */
export function renderTitle(incident: Incident, kind: Transition['kind'] | 'view'): string {
  const { finding } = incident;
  const head = kind === 'resolved' ? 'RESOLVED' : incident.severity.toUpperCase();
  return `${head} ${RULE_WORDS[finding.rule]}: ${renderPlace(finding)}, ${renderSize(finding)}`;
}

/** Renders the whole alert as plain text: what, how much, expected, cost, why, who, since when. */
export function renderAlert(
  incident: Incident,
  kind: Transition['kind'] | 'view',
  options: RenderOptions,
): string {
  const { finding } = incident;
  const lines = [renderTitle(incident, kind)];
  if (!['pipeline_gap', 'unpriced', 'budget'].includes(finding.rule))
    lines.push(...renderFigures(finding));
  if (finding.rule === 'budget') lines.push(`Basis: ${finding.expected.basis}.`);
  const parts = finding.rule === 'budget' ? undefined : renderParts(finding.decomposition);
  if (parts !== undefined) lines.push(`Why: ${parts} = ${signedUsd(finding.usdPerHour)}/h.`);
  if (finding.contributors.length > 0) lines.push(`From: ${renderContributors(finding)}.`);
  lines.push(renderSince(incident, options));
  if (options.pageUrl !== undefined) lines.push(`Page: ${options.pageUrl}`);
  return lines.join('\n');
}

function renderPlace({ labels }: Finding): string {
  const place = [labels.service, labels.feature, labels.model].filter((name) => name !== undefined);
  const where = place.length > 0 ? place.join('/') : 'all services';
  return labels.environment === undefined ? where : `${where} (${labels.environment})`;
}

function renderSize(finding: Finding): string {
  const { observed, expected, windowMinutes } = finding;
  switch (finding.rule) {
    case 'pipeline_gap':
      return `no data for ${Math.round(observed * windowMinutes)} min; nothing is judged meanwhile`;
    case 'budget':
      return `${((100 * observed) / expected.mid).toFixed(0)} % of ${renderUsd(expected.mid)} spent`;
    case 'unpriced':
      return `${renderCount(finding.evidenceCalls)} calls without a price in ${windowMinutes} min`;
    case 'cache_hit_rate':
      return `${renderQuantity('hit_rate', observed)} of calls, usually ${renderQuantity('hit_rate', expected.mid)}`;
    case 'model_drift':
      return `${renderQuantity('share', observed)} of calls, usually ${renderQuantity('share', expected.mid)}`;
    default:
  }
  if (expected.mid > 0) {
    const ratio = observed / expected.mid;
    return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1)}x the expected`;
  }
  return 'none expected';
}

function renderFigures(finding: Finding): string[] {
  const { observed, expected, windowMinutes, score, usdPerHour } = finding;
  const amount = (value: number): string => renderQuantity(finding.quantity, value);
  const window = windowMinutes < 120 ? `${windowMinutes} min` : `${windowMinutes / 60} h`;
  const bare = (value: number): string => amount(value).replace(/ (calls|tokens|per call)$/, '');
  const range = `${bare(expected.low)} to ${bare(expected.high)}, ${expected.basis}`;
  return [
    `Observed ${amount(observed)} in ${window}, expected ${amount(expected.mid)} (${range}); score ${score.toFixed(1)} on ${renderCount(finding.evidenceCalls)} calls.`,
    `Extra cost ${signedUsd(usdPerHour)}/h, ${signedUsd(usdPerHour * 24)}/day if it lasts.`,
  ];
}

function renderQuantity(quantity: Finding['quantity'], value: number): string {
  switch (quantity) {
    case 'calls':
      return `${renderCount(value)} calls`;
    case 'tokens':
      return `${renderCount(value)} tokens`;
    case 'cost_usd':
      return renderUsd(value);
    case 'usd_per_call':
      return `${renderUsd(value)} per call`;
    case 'hit_rate':
    case 'share':
      return `${(value * 100).toFixed(1)} %`;
    default:
      return quantity satisfies never;
  }
}

function renderCount(value: number): string {
  const digits = value > 0 && value < 10 && !Number.isInteger(value) ? 1 : 0;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

function renderUsd(value: number): string {
  const size = Math.abs(value);
  if (size >= 0.995 || size === 0) {
    return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  }
  return `$${value.toLocaleString('en-US', { maximumSignificantDigits: 3 })}`;
}

function signedUsd(value: number): string {
  return `${value < 0 ? '-' : '+'}${renderUsd(Math.abs(value))}`;
}

/** The amounts of all parts worth a cent of the dollar; what is left out is said as `rest`, so that they add up. */
function renderParts(parts: Readonly<Record<string, number>>): string | undefined {
  const entries = Object.entries(parts);
  const size = entries.reduce((sum, [, value]) => sum + Math.abs(value), 0);
  if (!(size > 0)) return undefined;
  const shown = entries
    .filter(([, value]) => Math.abs(value) >= 0.01 * size)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const total = entries.reduce((sum, [, value]) => sum + value, 0);
  const rest = total - shown.reduce((sum, [, value]) => sum + value, 0);
  const texts = shown.map(([name, value]) => `${PART_WORDS[name] ?? name} ${signedUsd(value)}`);
  if (Math.abs(rest) >= 0.005 * size) texts.push(`rest ${signedUsd(rest)}`);
  return texts.join(', ');
}

function renderContributors({ contributors }: Finding): string {
  return contributors
    .slice(0, 4)
    .map(({ dimension, name, share }) => `${Math.round(share * 100)} % ${dimension} ${name}`)
    .join(', ');
}

function renderSince(incident: Incident, { timeZone }: RenderOptions): string {
  const since = renderTime(incident.startedEpochMs, timeZone);
  if (incident.resolvedEpochMs === undefined) return `Since ${since}.`;
  const minutes = Math.round((incident.lastFoundEpochMs - incident.startedEpochMs) / 60_000);
  return `From ${since} for ${Math.max(1, minutes)} min.`;
}

function renderTime(epochMs: number, timeZone: string): string {
  const local = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: '2-digit',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(epochMs);
  const utc = new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ');
  return timeZone === 'UTC' ? `${utc} UTC` : `${local} ${timeZone} (${utc} UTC)`;
}
