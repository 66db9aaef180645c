import type { AlertView } from '@tokenmeter/server';
import type { IncidentView } from '@tokenmeter/worker';

/** An incident as the page and the API show it. */
export function toAlertView(incident: IncidentView): AlertView {
  return incident;
}
