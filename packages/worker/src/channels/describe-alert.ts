import { type Contributor, type Finding, LEAST_ERROR_SHARE } from '@tokenmeter/anomaly';
import type { Notice, NoticeLinks } from '../ports.ts';
import { cleanName, cleanNote } from './clean-text.ts';
import { describeFigures } from './describe-figures.ts';
import { FIRST_STEPS } from './first-step.ts';
import { roundChange } from './render-amount.ts';
import { renderDuration, renderTime } from './render-time.ts';

/** What a notice is made of before it has words. */
export type NoticeFacts = Omit<Notice, 'title' | 'text'>;

/** How it looks: every channel chooses its colour and sign for these. */
export type Tone = 'critical' | 'warning' | 'info' | 'resolved' | 'test';

/** A named line. */
interface Fact {
  readonly name:
    | 'Observed'
    | 'Expected'
    | 'Extra cost'
    | 'Evidence'
    | 'Retries'
    | 'Errors'
    | 'From'
    | 'Since'
    | 'Do first'
    | 'Lasted';
  readonly value: string;
}

/** A link with its words. `action` marks those that change something after a confirmation. */
export interface AlertLink {
  readonly kind: Exclude<keyof NoticeLinks, 'image'>;
  readonly name: string;
  readonly url: string;
}

/**
 * The content of an alert, the same for every channel: plain text on one line each, cleaned of control characters, and
 * without any markup. A channel adds its own markup and escapes every value in its own way.
 */
export interface AlertContent {
  readonly tone: Tone;
  /** `CRITICAL`, `RESOLVED`, `TEST` … */
  readonly status: string;
  readonly title: string;
  /** What happened to the incident, where the title does not say it. */
  readonly news?: string;
  readonly note?: string;
  readonly facts: readonly Fact[];
  /** Amounts that add up to `total`; undefined where cost did not change or nobody can tell. */
  readonly why?: {
    readonly parts: readonly {
      readonly name: string;
      readonly usd: number;
      readonly text: string;
    }[];
    readonly totalUsd: number;
    /** `+$41.00/h`. */
    readonly total: string;
  };
  readonly links: readonly AlertLink[];
  /** URL of a picture. */
  readonly image?: string;
}

/** Words for the rules. */
export const RULE_WORDS: Readonly<Record<Finding['rule'], string>> = {
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

const PART_WORDS: ReadonlyMap<string, string> = new Map([
  ['volume', 'volume'],
  ['mix', 'mix of models and features'],
  ['input_tokens', 'input tokens per call'],
  ['output_tokens', 'output tokens per call'],
  ['cache', 'cache'],
  ['price', 'price'],
  ['other', 'other'],
]);

const LINK_WORDS: readonly (readonly [AlertLink['kind'], string])[] = [
  ['acknowledge', 'Acknowledge'],
  ['runbook', 'Runbook'],
  ['dashboard', 'Dashboard'],
  ['page', 'Page'],
  ['snooze', 'Snooze'],
  ['expected', 'Mark as expected'],
];

const MOST_CONTRIBUTORS = 5;

/** Describes a notice in the reader's time zone. The result depends on nothing else. */
export function describeAlert(facts: NoticeFacts, timeZone: string): AlertContent {
  const status = statusOf(facts);
  const news = newsOf(facts, timeZone);
  const { links } = facts;
  const note = facts.note === undefined ? '' : cleanNote(facts.note);
  const frame = {
    tone: toneOf(facts),
    status,
    title: titleOf(facts, status),
    ...(news === undefined ? {} : { news }),
    ...(note === '' ? {} : { note }),
    links: LINK_WORDS.flatMap(([kind, name]) => {
      const url = links[kind];
      return url === undefined ? [] : [{ kind, name, url }];
    }),
    ...(links.image === undefined ? {} : { image: links.image }),
  };
  if (facts.transition === 'test') return { ...frame, facts: [] };
  const change =
    facts.finding.rule === 'budget' ? undefined : roundChange(facts.finding.decomposition);
  return {
    ...frame,
    facts: factsOf(facts, timeZone),
    ...(change === undefined
      ? {}
      : {
          why: {
            totalUsd: change.totalUsd,
            total: `${change.total}/h`,
            parts: change.parts.map((part) => ({
              ...part,
              name: PART_WORDS.get(part.name) ?? cleanName(part.name),
            })),
          },
        }),
  };
}

/** The parts of a change on one line: `volume +$38.50, price -$0.25 = +$38.25/h`. */
export function renderWhy({ parts, total }: NonNullable<AlertContent['why']>): string {
  return `${parts.map(({ name, text }) => `${name} ${text}`).join(', ')} = ${total}`;
}

function toneOf({ transition, severity }: NoticeFacts): Tone {
  return transition === 'resolved' || transition === 'test' ? transition : severity;
}

function statusOf({ transition, severity }: NoticeFacts): string {
  switch (transition) {
    case 'resolved':
    case 'test':
    case 'acknowledged':
    case 'flapping':
      return transition.toUpperCase();
    case 'silenced':
      return 'SNOOZED';
    default:
      return severity.toUpperCase();
  }
}

function titleOf({ transition, finding }: NoticeFacts, status: string): string {
  if (transition === 'test') return 'TEST Tokenmeter: this channel works';
  const size =
    finding.cause === 'new_source' ? sizeOfBirth(finding) : describeFigures(finding).size;
  return `${status} ${RULE_WORDS[finding.rule]}: ${placeOf(finding)}, ${size}`;
}

function sizeOfBirth(finding: Finding): string {
  const { size, observed } = describeFigures(finding);
  return finding.expected.mid > 0
    ? `${size}, from a new source`
    : `a new source of traffic, ${observed}`;
}

function placeOf({ labels }: Finding): string {
  const names = [labels.service, labels.feature, labels.model].filter((name) => name !== undefined);
  const prompt =
    labels.promptVersion === undefined ? '' : ` prompt ${cleanName(labels.promptVersion)}`;
  const where = names.length > 0 ? names.map(cleanName).join('/') + prompt : 'all services';
  return labels.environment === undefined ? where : `${where} (${cleanName(labels.environment)})`;
}

function newsOf(facts: NoticeFacts, timeZone: string): string | undefined {
  const by = facts.actor === undefined ? '' : ` by ${cleanName(facts.actor)}`;
  const age = renderDuration(facts.epochMs - facts.startedEpochMs);
  switch (facts.transition) {
    case 'escalated':
      return `Severity rose to ${facts.severity}.`;
    case 'updated':
      return `Severity fell to ${facts.severity}.`;
    case 'reminded':
    case 'advised':
      return `Still open after ${age}.`;
    case 'acknowledged':
      return `Acknowledged${by}.`;
    case 'silenced':
      return `Snoozed${by}${untilOf(facts, timeZone)}.`;
    case 'flapping':
      return 'It opens and closes again and again; nothing more is said until it settles.';
    case 'test':
      return 'Nothing is wrong. Alerts will arrive here.';
    case 'firing':
    case 'resolved':
      return undefined;
    default:
      return facts.transition satisfies never;
  }
}

function untilOf({ silencedUntilEpochMs }: NoticeFacts, timeZone: string): string {
  return silencedUntilEpochMs === undefined
    ? ''
    : ` until ${renderTime(silencedUntilEpochMs, timeZone)}`;
}

/** Transitions that call for somebody. */
const CALLS: ReadonlySet<NoticeFacts['transition']> = new Set(['firing', 'escalated', 'reminded']);

function factsOf(facts: NoticeFacts, timeZone: string): Fact[] {
  const { finding } = facts;
  const { observed, expected, evidence, extraCost } = describeFigures(finding);
  const since = renderTime(facts.startedEpochMs, timeZone);
  const lines: Fact[] = [
    { name: 'Observed', value: observed },
    { name: 'Expected', value: expected },
    {
      name: 'Extra cost',
      value: facts.transition === 'resolved' ? lastCost(extraCost) : extraCost,
    },
  ];
  if (evidence !== undefined) lines.push({ name: 'Evidence', value: evidence });
  const retries = renderRetries(finding);
  if (retries !== undefined) lines.push({ name: 'Retries', value: retries });
  const errors = renderErrors(finding);
  if (errors !== undefined) lines.push({ name: 'Errors', value: errors });
  const from = renderContributors(finding.contributors);
  if (from !== '') lines.push({ name: 'From', value: from });
  if (facts.transition !== 'resolved') {
    lines.push({ name: 'Since', value: since });
    if (CALLS.has(facts.transition)) {
      lines.push({ name: 'Do first', value: FIRST_STEPS[finding.rule] });
    }
    return lines;
  }
  const ended = facts.lastFoundEpochMs ?? facts.epochMs;
  const lasted = `${renderDuration(ended - facts.startedEpochMs)}, from ${since}`;
  return [...lines, { name: 'Lasted', value: lasted }];
}

/** Retries that hardly matter are not told. */
const LEAST_RETRIES = 0.1;

function renderRetries({ cause, retryShare }: Finding): string | undefined {
  if (retryShare === undefined || !(retryShare > 0) || !(retryShare <= 1)) return undefined;
  const share = `${Math.round(retryShare * 100)} % of the calls repeat a failed one`;
  if (cause === 'retry_storm') return `retry storm: ${share}`;
  return retryShare >= LEAST_RETRIES ? share : undefined;
}

function renderErrors({ errorShare }: Finding): string | undefined {
  if (errorShare === undefined || !(errorShare >= LEAST_ERROR_SHARE) || !(errorShare <= 1))
    return undefined;
  return `${Math.round(errorShare * 100)} % of the calls failed`;
}

/** At the end of an incident its cost is past. */
function lastCost(extraCost: string): string {
  return extraCost.startsWith('unknown')
    ? extraCost
    : extraCost.replace(' if it lasts', ' while it lasted');
}

/** The largest of each dimension, then the largest of all. */
function renderContributors(contributors: readonly Contributor[]): string {
  const known = contributors.filter(({ share }) => share > 0 && share <= 1);
  const named = new Set<Contributor['dimension']>();
  const first = known.filter(({ dimension }) => !named.has(dimension) && named.add(dimension));
  const others = known.filter((one) => !first.includes(one));
  return [...first, ...others]
    .slice(0, MOST_CONTRIBUTORS)
    .sort((a, b) => b.share - a.share)
    .map(
      ({ dimension, name, share }) =>
        `${Math.round(share * 100)} % ${dimension} ${cleanName(name)}`,
    )
    .join(', ');
}
