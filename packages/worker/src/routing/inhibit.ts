import { compareSeverity, type Incident } from '@tokenmeter/anomaly';
import { labelOf, matchesIncident } from './match-incident.ts';
import type { GroupLabel, Inhibition } from './route.ts';

/** Finds the incident that keeps another one from being told. */
export type FindInhibitor = (incident: Incident) => Incident | undefined;

type BuiltIn = Inhibition & {
  readonly holdsAfterEnd?: true;
  /** Only while the last evaluation found it, not while it waits to be over. */
  readonly holdsWhileFound?: true;
};

/**
 * Where data is missing nothing else is sure, and once it is there again everything is; a dearer model explains a dearer call, a burst what it leaves behind. That a whole mutes its parts, and
 * critical the warning of the same identity, needs no row here.
 */
const BUILT_IN_INHIBITIONS: readonly BuiltIn[] = [
  {
    source: { rule: ['pipeline_gap'] },
    target: {
      rule: [
        'volume',
        'cost_per_request',
        'cache_hit_rate',
        'model_drift',
        'budget',
        'slow_burn',
        'unpriced',
        'coverage',
      ],
    },
    equal: [],
    holdsWhileFound: true,
  },
  {
    source: { rule: ['model_drift'], severity: ['critical'] },
    target: { rule: ['cost_per_request'] },
    equal: ['service', 'environment', 'feature'],
  },
  {
    source: { rule: ['volume'] },
    target: { rule: ['slow_burn'] },
    equal: ['service', 'environment', 'feature'],
    // Long windows still hold the burst for a while.
    holdsAfterEnd: true,
  },
];

/** Rules that judge services and the whole as well as features. */
const LEVELED: ReadonlySet<string> = new Set(['volume', 'slow_burn']);

/** Looks at the open incidents once; then each look-up costs a few map reads. */
export function createInhibitor(
  incidents: Iterable<Incident>,
  inhibitions: readonly Inhibition[],
  isBuiltIn: boolean,
): FindInhibitor {
  const told = [...incidents].filter(({ state }) => state !== 'pending');
  const open = told.filter(({ state }) => state !== 'resolved');
  const all: readonly BuiltIn[] = isBuiltIn
    ? [...BUILT_IN_INHIBITIONS, ...inhibitions]
    : inhibitions;
  const tables = all.map((inhibition) => {
    const sources = new Map<string, Incident>();
    for (const one of inhibition.holdsAfterEnd ? told : open) {
      if (inhibition.holdsWhileFound && one.lastFoundEpochMs < one.updatedEpochMs) continue;
      if (matchesIncident(inhibition.source, one)) {
        sources.set(keyOf(one, inhibition.equal), one);
      }
    }
    return { inhibition, sources };
  });
  const wholes = isBuiltIn ? indexWholes(open) : new Map<string, Incident>();
  return (incident) => {
    for (const { inhibition, sources } of tables) {
      if (sources.size === 0 || !matchesIncident(inhibition.target, incident)) continue;
      const source = sources.get(keyOf(incident, inhibition.equal));
      if (source !== undefined && source.id !== incident.id) return source;
    }
    return wholeOf(incident, wholes);
  };
}

function keyOf(incident: Incident, labels: readonly GroupLabel[]): string {
  return JSON.stringify(labels.map((label) => labelOf(incident, label) ?? null));
}

function indexWholes(open: readonly Incident[]): Map<string, Incident> {
  const wholes = new Map<string, Incident>();
  for (const one of open) {
    const { rule, labels } = one.finding;
    if (LEVELED.has(rule) && labels.feature === undefined)
      wholes.set(levelKey(one, labels.service), one);
  }
  return wholes;
}

function levelKey({ finding }: Incident, service: string | undefined): string {
  const environment = service === undefined ? null : (finding.labels.environment ?? null);
  return JSON.stringify([finding.rule, service ?? null, environment]);
}

function wholeOf(incident: Incident, wholes: ReadonlyMap<string, Incident>): Incident | undefined {
  const { rule, labels } = incident.finding;
  if (!LEVELED.has(rule) || labels.service === undefined) return undefined;
  const service =
    labels.feature === undefined ? undefined : wholes.get(levelKey(incident, labels.service));
  const candidates = [service, wholes.get(levelKey(incident, undefined))];
  return candidates.find(
    (whole) => whole !== undefined && compareSeverity(whole.severity, incident.severity) >= 0,
  );
}
