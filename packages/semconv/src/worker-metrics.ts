/** A figure of the worker about itself. Counters only rise; gauges are as they are now. */
export interface WorkerMetricSpec {
  readonly name: `tokenmeter.worker.${string}`;
  readonly kind: 'counter' | 'gauge';
  /** UCUM. */
  readonly unit: string;
  readonly description: string;
}

type WorkerMetricKey =
  | 'evaluations'
  | 'failedReads'
  | 'evaluationDuration'
  | 'lag'
  | 'standby'
  | 'openIncidents'
  | 'notices'
  | 'oldestNotice';

/** What a worker tells about itself; each has the attribute `source`, `notices` also `state`. */
export const WORKER_METRICS: Readonly<Record<WorkerMetricKey, WorkerMetricSpec>> = {
  evaluations: {
    name: 'tokenmeter.worker.evaluations',
    kind: 'counter',
    unit: '{evaluation}',
    description: 'Evaluations of the rules since the start.',
  },
  failedReads: {
    name: 'tokenmeter.worker.failed_reads',
    kind: 'counter',
    unit: '{read}',
    description: 'Evaluations whose source could not be read.',
  },
  evaluationDuration: {
    name: 'tokenmeter.worker.evaluation.duration',
    kind: 'gauge',
    unit: 's',
    description: 'Length of the last evaluation, reading included.',
  },
  lag: {
    name: 'tokenmeter.worker.lag',
    kind: 'gauge',
    unit: 's',
    description: 'Age of the newest minute that was learned.',
  },
  standby: {
    name: 'tokenmeter.worker.standby',
    kind: 'gauge',
    unit: '1',
    description: '1 while another worker evaluates this source, else 0.',
  },
  openIncidents: {
    name: 'tokenmeter.worker.incidents.open',
    kind: 'gauge',
    unit: '{incident}',
    description: 'Incidents that are told and not over.',
  },
  notices: {
    name: 'tokenmeter.worker.notices',
    kind: 'gauge',
    unit: '{notice}',
    description: 'Notices in the outbox by state: waiting, delivered or dead.',
  },
  oldestNotice: {
    name: 'tokenmeter.worker.notices.oldest',
    kind: 'gauge',
    unit: 's',
    description: 'Age of the notice that has waited longest; 0 when none waits.',
  },
};
