import { INCIDENT_SCOPE, PRICES_DATE, WORKER_METRICS } from '@tokenmeter/semconv';
import type { IncidentView, WorkerStats } from '@tokenmeter/worker';

/** Figures of one worker, and what it reads. */
interface NamedStats {
  readonly source: string;
  readonly stats: WorkerStats;
  readonly incidents: readonly IncidentView[];
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** What the figures of a process are rendered from. */
export interface WorkerFigures {
  readonly workers: readonly NamedStats[];
  /** Date of the prices in use, in Unix seconds; undefined where nothing is priced. */
  readonly pricesDateSeconds?: number | undefined;
}

/** Incidents that have a series of their own. */
const MOST_INCIDENTS = 100;

/** Renders `tokenmeter.worker.*` as Prometheus text (exposition format 0.0.4). */
export function renderWorkerMetrics(
  { workers, pricesDateSeconds }: WorkerFigures,
  nowEpochMs: number,
): string {
  const of = (value: (stats: WorkerStats) => number | undefined): Sample[] =>
    workers.flatMap(({ source, stats }): Sample[] => {
      const found = value(stats);
      return found === undefined ? [] : [[{ source }, found]];
    });
  const m = WORKER_METRICS;
  return [
    render(
      m.evaluations,
      of((stats) => stats.evaluations),
    ),
    render(
      m.failedReads,
      of((stats) => stats.failedReads),
    ),
    render(m.refused, refusedOf(workers)),
    render(
      m.evaluationDuration,
      of((stats) => stats.evaluationSeconds),
    ),
    render(
      m.lag,
      of(({ learnedToEpochMs: to }) => to && (nowEpochMs - to) / 1000),
    ),
    render(
      m.standby,
      of((stats) => Number(stats.isStandby)),
    ),
    render(
      m.openIncidents,
      of((stats) => stats.openIncidents),
    ),
    render(m.incident, incidentsOf(workers)),
    render(m.notices, noticesOf(workers)),
    render(
      m.oldestNotice,
      of((stats) => stats.oldestNoticeSeconds),
    ),
    ...(pricesDateSeconds === undefined ? [] : [render(PRICES_DATE, [[{}, pricesDateSeconds]])]),
  ].join('');
}

function refusedOf(workers: readonly NamedStats[]): readonly Sample[] {
  return workers.flatMap(({ source, stats }) =>
    Object.entries(stats.refused).map(([reason, count]): Sample => [{ source, reason }, count]),
  );
}

function noticesOf(workers: readonly NamedStats[]): readonly Sample[] {
  return workers.flatMap(({ source, stats }) =>
    Object.entries(stats.notices).map(([state, count]): Sample => [{ source, state }, count]),
  );
}

function incidentsOf(workers: readonly NamedStats[]): readonly Sample[] {
  return workers
    .flatMap(({ source, incidents }) => incidents.map((incident) => ({ source, incident })))
    .filter(({ incident }) => incident.state !== 'resolved')
    .toSorted((left, right) => urgency(right.incident) - urgency(left.incident))
    .slice(0, MOST_INCIDENTS)
    .map(
      ({ source, incident }): Sample => [
        {
          source,
          rule: incident.rule,
          severity: incident.severity,
          state: incident.state,
          ...scopeOf(incident),
        },
        1,
      ],
    );
}

/** Orders by severity, then by money, of which no incident has a billion an hour. */
function urgency({ severity, usdPerHour }: IncidentView): number {
  return ['info', 'warning', 'critical'].indexOf(severity) * 1e9 + usdPerHour;
}

function scopeOf({ labels }: IncidentView): Readonly<Record<string, string>> {
  return Object.fromEntries(
    INCIDENT_SCOPE.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])),
  );
}

const UNITS: Readonly<Record<string, string>> = { s: '_seconds' };

interface RenderedSpec {
  readonly name: string;
  readonly kind: string;
  readonly unit: string;
  readonly description: string;
}

function render(spec: RenderedSpec, samples: readonly Sample[]): string {
  const base = spec.name.replaceAll('.', '_') + (UNITS[spec.unit] ?? '');
  const name = spec.kind === 'counter' ? `${base}_total` : base;
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
  });
  return `# HELP ${name} ${spec.description}\n# TYPE ${name} ${spec.kind}\n${lines.join('')}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
