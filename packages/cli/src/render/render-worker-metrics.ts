import { WORKER_METRICS, type WorkerMetricSpec } from '@tokenmeter/semconv';
import type { WorkerStats } from '@tokenmeter/worker';

/** Figures of one worker, and what it reads. */
export interface NamedStats {
  readonly source: string;
  readonly stats: WorkerStats;
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** Renders `tokenmeter.worker.*` as Prometheus text (exposition format 0.0.4). */
export function renderWorkerMetrics(workers: readonly NamedStats[], nowEpochMs: number): string {
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
    render(m.notices, noticesOf(workers)),
    render(
      m.oldestNotice,
      of((stats) => stats.oldestNoticeSeconds),
    ),
  ].join('');
}

function noticesOf(workers: readonly NamedStats[]): readonly Sample[] {
  return workers.flatMap(({ source, stats }) =>
    Object.entries(stats.notices).map(([state, count]): Sample => [{ source, state }, count]),
  );
}

const UNITS: Readonly<Record<string, string>> = { s: '_seconds' };

function render(spec: WorkerMetricSpec, samples: readonly Sample[]): string {
  const base = spec.name.replaceAll('.', '_') + (UNITS[spec.unit] ?? '');
  const name = spec.kind === 'counter' ? `${base}_total` : base;
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return `${name}{${pairs.join(',')}} ${value}\n`;
  });
  return `# HELP ${name} ${spec.description}\n# TYPE ${name} ${spec.kind}\n${lines.join('')}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
