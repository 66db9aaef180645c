import type { Finding, Incident, IncidentState, Severity } from '@tokenmeter/anomaly';
import { createNotice } from './channels/create-notice.ts';

/** An incident as people see it: pages, APIs and commands show this form. */
export interface IncidentView {
  readonly incidentId: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly state: Exclude<IncidentState, 'pending'>;
  readonly labels: Readonly<Record<string, string>>;
  readonly title: string;
  readonly text: string;
  readonly startedEpochMs: number;
  readonly updatedEpochMs: number;
  readonly resolvedEpochMs?: number;
  /** What `observed` and `expected` are figures of. */
  readonly quantity: Finding['quantity'];
  readonly observed: number;
  readonly expected: { readonly low: number; readonly mid: number; readonly high: number };
  readonly usdPerHour: number;
}

/** Renders an incident for people; undefined while it is pending, which nobody needs to know. */
export function renderIncidentView(
  incident: Incident,
  options: { readonly timeZone: string },
): IncidentView | undefined {
  if (incident.state === 'pending') return undefined;
  const { finding } = incident;
  const { low, mid, high } = finding.expected;
  const facts = {
    idempotencyKey: incident.id,
    incidentId: incident.id,
    transition: incident.state === 'resolved' ? incident.state : 'firing',
    severity: incident.severity,
    finding,
    epochMs: incident.updatedEpochMs,
    startedEpochMs: incident.startedEpochMs,
    lastFoundEpochMs: incident.lastFoundEpochMs,
    // Whoever sees this form is at the page or at the command already.
    links: {},
  } as const;
  const { title, text } = createNotice(facts, options);
  return {
    incidentId: incident.id,
    rule: finding.rule,
    severity: incident.severity,
    state: incident.state,
    labels: definedLabels(finding.labels),
    title,
    text,
    startedEpochMs: incident.startedEpochMs,
    updatedEpochMs: incident.updatedEpochMs,
    ...(incident.resolvedEpochMs === undefined
      ? {}
      : { resolvedEpochMs: incident.resolvedEpochMs }),
    quantity: finding.quantity,
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
