import type { Incident } from '@tokenmeter/anomaly';
import type { GroupLabel, IncidentMatch } from './route.ts';

/** What routes look at. */
export type RoutedIncident = Pick<Incident, 'severity' | 'finding'>;

const TEAM_SHARE = 0.5;
const KEYS = ['severity', 'rule', 'service', 'environment', 'feature', 'team', 'model'] as const;

/** Whether an incident fits. */
export function matchesIncident(match: IncidentMatch, incident: RoutedIncident): boolean {
  return KEYS.every((key) => {
    const wanted = match[key];
    if (wanted === undefined) return true;
    const value = labelOf(incident, key);
    return value !== undefined && wanted.some((pattern) => fits(pattern, value));
  });
}

/** The property of an incident that a match or a group names; undefined when it has none. */
export function labelOf(
  { severity, finding }: RoutedIncident,
  key: GroupLabel | 'model',
): string | undefined {
  if (key === 'severity') return severity;
  if (key === 'rule') return finding.rule;
  if (key === 'team') return finding.labels.team ?? mainTeam(finding);
  return finding.labels[key];
}

function mainTeam({ contributors }: RoutedIncident['finding']): string | undefined {
  const main = contributors.find(
    ({ dimension, share }) => dimension === 'team' && share >= TEAM_SHARE,
  );
  return main?.name;
}

function fits(pattern: string, value: string): boolean {
  if (!pattern.includes('*')) return pattern === value;
  const [first = '', ...rest] = pattern.split('*');
  if (!value.startsWith(first)) return false;
  let from = first.length;
  const last = rest.pop() ?? '';
  for (const part of rest) {
    const at = value.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return value.length - last.length >= from && value.endsWith(last);
}
