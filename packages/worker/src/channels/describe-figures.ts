import { type Finding, rarityOfScore } from '@tokenmeter/anomaly';
import { cleanNote } from './clean-text.ts';
import {
  renderCount,
  renderQuantity,
  renderShare,
  renderSignedUsd,
  renderUsd,
} from './render-amount.ts';
import { renderDuration } from './render-time.ts';

/** What a finding says in numbers, as text without markup. */
export interface Figures {
  /** How far off, for the title: `3.1x the expected`. */
  readonly size: string;
  readonly observed: string;
  readonly expected: string;
  /** Why the verdict can be believed; undefined where it is a plain fact. */
  readonly evidence?: string;
  /** Money per hour and per day beyond the expected, or why nobody can tell. */
  readonly extraCost: string;
}

const MINUTE_MS = 60_000;
const BLOCK_MS = 5 * MINUTE_MS;
const DAY_HOURS = 24;
const UNKNOWN_WHILE_BLIND = 'unknown while data is missing';

/** Describes the figures of a finding. Plain facts (a budget, a gap) have no range and no score. */
export function describeFigures(finding: Finding): Figures {
  switch (finding.rule) {
    case 'budget':
      return describeBudget(finding);
    case 'unpriced':
      return describeUnpriced(finding);
    case 'pipeline_gap':
      return describeGap(finding);
    case 'coverage':
      return describeCoverage(finding);
    case 'cache_hit_rate':
      return describeShare(finding, 'of calls hit the cache');
    case 'model_drift':
      return describeShare(finding, 'of calls');
    case 'volume':
    case 'cost_per_request':
    case 'slow_burn':
      return { size: describeRatio(finding), ...describeRange(finding) };
    default:
      return finding.rule satisfies never;
  }
}

function describeRatio({ observed, expected }: Finding): string {
  if (!(expected.mid > 0)) return 'none expected';
  const ratio = observed / expected.mid;
  if (!Number.isFinite(ratio)) return 'far from the expected';
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1)}x the expected`;
}

function describeRange(finding: Finding): Omit<Figures, 'size'> {
  const { observed, expected, quantity } = finding;
  const bare = (value: number): string =>
    renderQuantity(quantity, value).replace(/ (calls|tokens|per call)$/, '');
  const range = `${bare(expected.low)} to ${bare(expected.high)}, ${basisOf(finding)}`;
  return {
    observed: `${renderQuantity(quantity, observed)} in ${windowOf(finding)}`,
    expected: `${renderQuantity(quantity, expected.mid)} (${range})`,
    ...evidenceOf(finding),
    extraCost:
      finding.rule === 'model_drift' && finding.usdPerHour === 0
        ? 'none known: calls of this model have no price, or are free'
        : describeExtraCost(finding.usdPerHour),
  };
}

function evidenceOf({ score, evidenceCalls }: Finding): Pick<Figures, 'evidence'> {
  const rarity = rarityOfScore(score);
  if (rarity === undefined) return {};
  const found = `score ${score.toFixed(1)} on ${renderCount(evidenceCalls)} calls`;
  const chance = `${rarity.isRarer ? 'less than ' : ''}1 of ${renderCount(rarity.windows)}`;
  return { evidence: `${found}, by chance in ${chance} such windows` };
}

function describeShare(finding: Finding, of: string): Figures {
  const { observed, expected } = finding;
  return {
    ...describeRange(finding),
    size: `${renderShare(observed)} of calls, usually ${renderShare(expected.mid)}`,
    observed: `${renderShare(observed)} ${of} in ${windowOf(finding)}`,
  };
}

function describeBudget(finding: Finding): Figures {
  const { observed, expected, usdPerHour, labels } = finding;
  const period = labels.period === undefined ? '' : `the ${labels.period}'s `;
  const share = expected.mid > 0 ? (100 * observed) / expected.mid : 100;
  const spent = Number.isFinite(share) ? `${share.toFixed(0)} %` : 'an unknown part';
  const spread = usdPerHour < 0 ? 'below' : 'above';
  return {
    size: `${spent} of ${period}${renderUsd(expected.mid)} spent`,
    observed: `${renderUsd(observed)} in ${windowOf(finding)}, since the period began`,
    expected: `at most ${renderUsd(expected.mid)} (${basisOf(finding)})`,
    extraCost: `${renderSignedUsd(usdPerHour)}/h ${spread} an even spend, ${renderSignedUsd(usdPerHour * DAY_HOURS)}/day if it lasts`,
  };
}

function describeUnpriced(finding: Finding): Figures {
  const calls = renderCount(finding.evidenceCalls);
  const window = windowOf(finding);
  return {
    size: `${calls} calls without a price in ${window}`,
    observed: `${calls} calls without a price in ${window}, ${renderShare(finding.observed)} of all`,
    expected: `none (${basisOf(finding)})`,
    extraCost: 'unknown: what these calls cost is in no figure',
  };
}

function describeGap(finding: Finding): Figures {
  const minutes = renderDuration(finding.observed * finding.windowMinutes * MINUTE_MS);
  return {
    size: `no data for ${minutes}; nothing is judged meanwhile`,
    observed: `no data for ${minutes}`,
    expected: 'data for every minute',
    extraCost: UNKNOWN_WHILE_BLIND,
  };
}

/** `observed` is the share of recognised requests that were not metered, `evidenceCalls` their number. */
function describeCoverage(finding: Finding): Figures {
  const { observed, expected, evidenceCalls } = finding;
  const lost = `${renderCount(evidenceCalls)} requests not metered`;
  return {
    size: `${renderShare(observed)} of requests not metered`,
    observed: `${lost} in ${windowOf(finding)}, ${renderShare(observed)} of those recognised`,
    expected: `none, told from ${renderShare(expected.high)} on (${basisOf(finding)})`,
    extraCost: 'unknown: what is not metered is in no figure',
  };
}

function describeExtraCost(usdPerHour: number): string {
  const perDay = renderSignedUsd(usdPerHour * DAY_HOURS);
  return `${renderSignedUsd(usdPerHour)}/h, ${perDay}/day if it lasts`;
}

/** Windows of counts end with the five minutes that are not over yet; what that adds to hours is not worth a word. */
function windowOf({ rule, windowMinutes, epochMs }: Finding): string {
  const isOfCounts = rule === 'volume' || rule === 'slow_burn';
  const partMs = isOfCounts && windowMinutes <= 60 ? epochMs % BLOCK_MS : 0;
  return renderDuration(windowMinutes * MINUTE_MS + partMs);
}

/** Rates are compared with those of all hours; counts with those of the same hour of the week, which their basis names. */
const ALL_HOURS: ReadonlySet<Finding['rule']> = new Set([
  'cost_per_request',
  'cache_hit_rate',
  'model_drift',
]);

function basisOf({ rule, expected }: Finding): string {
  const basis = cleanNote(expected.basis);
  return ALL_HOURS.has(rule) ? `${basis}, all hours of the week` : basis;
}
