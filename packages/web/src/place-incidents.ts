import type { AlertView } from '@tokenmeter/server';

/** One incident on a lane; start and length are parts of the whole stretch, 0 to 1. */
interface IncidentSpan {
  readonly incidentId: string;
  readonly title: string;
  readonly severity: AlertView['severity'];
  readonly isFiring: boolean;
  readonly start: number;
  readonly length: number;
}

/** All incidents of one identity: the same rule on the same labels. */
export interface IncidentLane {
  readonly name: string;
  readonly spans: readonly IncidentSpan[];
}

function laneName(alert: AlertView): string {
  const where = alert.labels.feature ?? Object.values(alert.labels)[0];
  const rule = alert.rule.replaceAll('_', ' ');
  return where ? `${where} · ${rule}` : rule;
}

function endOf(alert: AlertView, nowEpochMs: number): number {
  return alert.state !== 'resolved' ? nowEpochMs : (alert.resolvedEpochMs ?? alert.updatedEpochMs);
}

/** Lays incidents out on lanes, the most recent lane first; what ended before the stretch is left out. */
export function placeIncidents(
  alerts: readonly AlertView[],
  fromEpochMs: number,
  nowEpochMs: number,
): readonly IncidentLane[] {
  const stretchMs = Math.max(1, nowEpochMs - fromEpochMs);
  const lanes = new Map<string, IncidentSpan[]>();
  const latestFirst = alerts.toSorted((left, right) => right.startedEpochMs - left.startedEpochMs);
  for (const alert of latestFirst) {
    const end = Math.min(endOf(alert, nowEpochMs), nowEpochMs);
    if (end <= fromEpochMs) continue;
    const start = Math.max(alert.startedEpochMs, fromEpochMs);
    const name = laneName(alert);
    const spans = lanes.get(name) ?? [];
    spans.push({
      incidentId: alert.incidentId,
      title: alert.title,
      severity: alert.severity,
      isFiring: alert.state !== 'resolved',
      start: (start - fromEpochMs) / stretchMs,
      length: Math.max(0, end - start) / stretchMs,
    });
    lanes.set(name, spans);
  }
  return [...lanes].map(([name, spans]) => ({ name, spans }));
}
