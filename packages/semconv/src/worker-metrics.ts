/** A figure of the worker about itself. Counters only rise; gauges are as they are now. */
export interface WorkerMetricSpec {
  readonly name: `tokenmeter.worker.${string}`;
  readonly kind: 'counter' | 'gauge';
  /** UCUM. */
  readonly unit: string;
  readonly description: string;
  /** Its attributes; every metric of a worker has `source`. */
  readonly attributes: readonly WorkerAttribute[];
}

/** What tells points of a worker's metrics apart. The scope of an incident has the words of the alerts. */
export type WorkerAttribute = 'source' | 'state' | 'reason' | 'rule' | 'severity' | IncidentScope;

/** What an incident is about; none of it is a person. */
export type IncidentScope = 'service' | 'environment' | 'feature' | 'team' | 'provider' | 'model';

/** The parts of an incident's scope. */
export const INCIDENT_SCOPE: readonly IncidentScope[] = [
  'service',
  'environment',
  'feature',
  'team',
  'provider',
  'model',
];

type WorkerMetricKey =
  | 'evaluations'
  | 'failedReads'
  | 'refused'
  | 'evaluationDuration'
  | 'lag'
  | 'standby'
  | 'openIncidents'
  | 'incident'
  | 'notices'
  | 'oldestNotice';

/** What a worker tells about itself. */
export const WORKER_METRICS: Readonly<Record<WorkerMetricKey, WorkerMetricSpec>> = {
  evaluations: {
    name: 'tokenmeter.worker.evaluations',
    kind: 'counter',
    unit: '{evaluation}',
    description: 'Evaluations of the rules since the start.',
    attributes: ['source'],
  },
  failedReads: {
    name: 'tokenmeter.worker.failed_reads',
    kind: 'counter',
    unit: '{read}',
    description: 'Evaluations whose source could not be read.',
    attributes: ['source'],
  },
  refused: {
    name: 'tokenmeter.worker.refused',
    kind: 'counter',
    unit: '{row}',
    description:
      'Rows and samples that were left out, by reason: invalid, late, early (in the future) or repeated.',
    attributes: ['source', 'reason'],
  },
  evaluationDuration: {
    name: 'tokenmeter.worker.evaluation.duration',
    kind: 'gauge',
    unit: 's',
    description: 'Length of the last evaluation, reading included.',
    attributes: ['source'],
  },
  lag: {
    name: 'tokenmeter.worker.lag',
    kind: 'gauge',
    unit: 's',
    description: 'Age of the newest minute that was learned.',
    attributes: ['source'],
  },
  standby: {
    name: 'tokenmeter.worker.standby',
    kind: 'gauge',
    unit: '1',
    description: '1 while another worker evaluates this source, else 0.',
    attributes: ['source'],
  },
  openIncidents: {
    name: 'tokenmeter.worker.incidents.open',
    kind: 'gauge',
    unit: '{incident}',
    description: 'Incidents that are told and not over.',
    attributes: ['source'],
  },
  incident: {
    name: 'tokenmeter.worker.incident',
    kind: 'gauge',
    unit: '1',
    description:
      '1 for each incident that is told and not over, by rule, severity and scope; at most 100, the most severe first.',
    attributes: ['source', 'rule', 'severity', 'state', ...INCIDENT_SCOPE],
  },
  notices: {
    name: 'tokenmeter.worker.notices',
    kind: 'gauge',
    unit: '{notice}',
    description: 'Notices in the outbox by state: waiting, delivered or dead.',
    attributes: ['source', 'state'],
  },
  oldestNotice: {
    name: 'tokenmeter.worker.notices.oldest',
    kind: 'gauge',
    unit: 's',
    description: 'Age of the notice that has waited longest; 0 when none waits.',
    attributes: ['source'],
  },
};
