import type { IncidentDetail, IncidentView } from '@tokenmeter/worker';
import { renderTable } from './render-table.ts';

const SHORT_ID = 12;

/** Renders incidents as a table for people, in a time zone. */
export function renderIncidents(incidents: readonly IncidentView[], timeZone: string): string {
  if (incidents.length === 0) return 'No incidents: nothing has left its pattern.\n';
  const unique = shortIds(incidents);
  return renderTable(
    [
      { name: 'id', isNumeric: false },
      { name: 'state', isNumeric: false },
      { name: 'severity', isNumeric: false },
      { name: 'since', isNumeric: false },
      { name: 'USD/h', isNumeric: true },
      { name: 'what', isNumeric: false },
    ],
    incidents.map((one, index) => [
      unique[index] ?? one.incidentId,
      one.state,
      one.severity,
      renderTime(one.startedEpochMs, timeZone),
      one.usdPerHour.toFixed(2),
      one.title.replace(/^[A-Z]+ /, ''),
    ]),
  );
}

/** Renders one incident with its history and what became of its notices. */
export function renderIncident(detail: IncidentDetail, timeZone: string): string {
  const history = renderTable(
    ['when', 'what', 'who', 'note'].map((name) => ({ name, isNumeric: false })),
    detail.events.map(({ epochMs, kind, actor = '', note = '' }) => [
      renderTime(epochMs, timeZone),
      kind,
      actor,
      note,
    ]),
  );
  const deliveries = renderTable(
    [
      { name: 'channel', isNumeric: false },
      { name: 'notice', isNumeric: false },
      { name: 'state', isNumeric: false },
      { name: 'tries', isNumeric: true },
      { name: 'reason', isNumeric: false },
    ],
    detail.deliveries.map((one) => [
      one.channel,
      one.idempotencyKey.slice(detail.incidentId.length + 1),
      one.state,
      String(one.attempts),
      one.reason ?? '',
    ]),
  );
  return `${plain(detail.text)}\n\n${detail.incidentId}, ${detail.state}\n\n${history}\n${deliveries}`;
}

/** An instant as people write it: `2026-10-09 14:00`. */
export function renderTime(epochMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(epochMs);
}

/** Beginnings of the ids that no other one of the list has. */
function shortIds(incidents: readonly IncidentView[]): string[] {
  const ids = incidents.map(({ incidentId }) => incidentId);
  return ids.map((id) => {
    for (let length = SHORT_ID; length < id.length; length += 1) {
      const start = id.slice(0, length);
      if (ids.every((other) => other === id || !other.startsWith(start))) return start;
    }
    return id;
  });
}

/** Names come from telemetry: control characters must not reach a terminal. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (letter) => (letter === '\n' ? letter : '·'));
}
