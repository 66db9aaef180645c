import type { FindingLabels } from '@tokenmeter/anomaly';
import type { ReplayedTransition } from './replay.ts';

/** Renders a change of an incident as one JSON line; the keys and their order are an interface. What explains it comes last. */
export function renderTransitionLine({ kind, incident, atEpochMs }: ReplayedTransition): string {
  const { finding } = incident;
  const { low, mid, high } = finding.expected;
  const line = {
    rule: finding.rule,
    severity: incident.severity,
    state: kind === 'firing' || kind === 'resolved' ? kind : 'updated',
    at: new Date(atEpochMs).toISOString(),
    labels: renderLabels(finding.labels),
    observed: finding.observed,
    expected: { low, mid, high },
    usd_per_hour: finding.usdPerHour,
    decomposition: finding.decomposition,
    incident: incident.id,
    since: new Date(incident.startedEpochMs).toISOString(),
    basis: finding.expected.basis,
    score: finding.score,
    contributors: finding.contributors,
    ...(finding.cause !== undefined && { cause: finding.cause }),
    ...(finding.retryShare !== undefined && { retry_share: finding.retryShare }),
    ...(finding.errorShare !== undefined && { error_share: finding.errorShare }),
  };
  return `${JSON.stringify(line)}\n`;
}

/** The names of the columns of a CSV file. */
function renderLabels({ promptVersion, ...labels }: FindingLabels): Record<string, unknown> {
  return promptVersion === undefined ? labels : { ...labels, prompt_version: promptVersion };
}
