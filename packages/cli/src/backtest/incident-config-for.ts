import { DEFAULT_INCIDENT_CONFIG, type IncidentConfig } from '@tokenmeter/anomaly';

const LONG_STEP_MS = 5 * 60_000;

/** A worker tells what it saw in two minutes; an evaluation of five minutes is worth as much as five of a minute. */
export function incidentConfigFor(stepMs: number): IncidentConfig {
  return stepMs < LONG_STEP_MS
    ? DEFAULT_INCIDENT_CONFIG
    : { ...DEFAULT_INCIDENT_CONFIG, sightings: 1 };
}
