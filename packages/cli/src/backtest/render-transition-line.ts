import type { ReplayedTransition } from './replay.ts';

/** Renders a change of an incident as one JSON line; the keys and their order are an interface. */
export function renderTransitionLine({ kind, incident, atEpochMs }: ReplayedTransition): string {
  const { finding } = incident;
  const { low, mid, high } = finding.expected;
  const line = {
    rule: finding.rule,
    severity: incident.severity,
    state: kind === 'firing' || kind === 'resolved' ? kind : 'updated',
    at: new Date(atEpochMs).toISOString(),
    labels: finding.labels,
    observed: finding.observed,
    expected: { low, mid, high },
    usd_per_hour: finding.usdPerHour,
    decomposition: finding.decomposition,
    incident: incident.id,
  };
  return `${JSON.stringify(line)}\n`;
}
