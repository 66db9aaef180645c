import type { Incident, Severity } from '@tokenmeter/anomaly';
import { type RenderOptions, renderAlert, renderTitle } from './render-alert.ts';

/** An incident as people see it: pages, APIs and commands show this form. */
export interface IncidentView {
  readonly incidentId: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly state: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly title: string;
  readonly text: string;
  readonly startedEpochMs: number;
  readonly updatedEpochMs: number;
  readonly resolvedEpochMs?: number;
  readonly observed: number;
  readonly expected: { readonly low: number; readonly mid: number; readonly high: number };
  readonly usdPerHour: number;
}

/** Renders an incident for people; undefined while it is pending, which nobody needs to know. */
export function renderIncidentView(
  incident: Incident,
  options: RenderOptions,
): IncidentView | undefined {
  if (incident.state === 'pending') return undefined;
  const { finding } = incident;
  const { low, mid, high } = finding.expected;
  const kind = incident.state === 'resolved' ? 'resolved' : 'view';
  return {
    incidentId: incident.id,
    rule: finding.rule,
    severity: incident.severity,
    state: incident.state,
    labels: definedLabels(finding.labels),
    title: renderTitle(incident, kind),
    text: renderAlert(incident, kind, options),
    startedEpochMs: incident.startedEpochMs,
    updatedEpochMs: incident.updatedEpochMs,
    ...(incident.resolvedEpochMs === undefined
      ? {}
      : { resolvedEpochMs: incident.resolvedEpochMs }),
    observed: finding.observed,
    expected: { low, mid, high },
    usdPerHour: finding.usdPerHour,
  };
}

function definedLabels(
  labels: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) {
    if (value !== undefined) defined[name] = value;
  }
  return defined;
}
