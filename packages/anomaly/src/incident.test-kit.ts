import { commandIncident, type IncidentCommand } from './command-incident.ts';
import type { Finding, Severity } from './finding.ts';
import type { Incident, Incidents, Transition } from './incident.ts';
import { stepIncidents } from './step-incidents.ts';

export const MINUTE = 60_000;

export function finding(epochMs: number, severity: Severity, feature = 'chat'): Finding {
  return {
    rule: 'volume',
    severity,
    labels: { service: 'shop', feature },
    epochMs,
    quantity: 'calls',
    observed: 30,
    expected: { low: 5, mid: 10, high: 15, basis: 'test' },
    windowMinutes: 20,
    score: 5,
    usdPerHour: 1,
    sinceEpochMs: epochMs - 5 * MINUTE,
    decomposition: { volume: 1 },
    contributors: [],
    evidenceCalls: 30,
  };
}

/**
 * One evaluation a minute: `.` nothing, `w` warning, `c` critical, `?` unknown. Between two of them a person: `A`
 * acknowledges, `S` snoozes for 10 minutes, `E` says expected, `R` resolves.
 */
export type Mark = '.' | 'w' | 'c' | '?' | 'A' | 'S' | 'E' | 'R';
const MARKS: readonly Mark[] = ['.', 'w', 'c', '?', 'A', 'S', 'E', 'R'];

function isMark(letter: string): letter is Mark {
  return MARKS.some((mark) => mark === letter);
}

function commandOf(mark: Mark, epochMs: number): IncidentCommand | undefined {
  const by = { epochMs, actor: 'ann' };
  switch (mark) {
    case 'A':
      return { kind: 'acknowledge', ...by };
    case 'S':
      return { kind: 'snooze', ...by, untilEpochMs: epochMs + 10 * MINUTE };
    case 'E':
      return { kind: 'expected', ...by };
    case 'R':
      return { kind: 'resolve', ...by };
    default:
      return undefined;
  }
}

export interface Step {
  readonly mark: Mark;
  readonly before: Incidents;
  readonly after: Incidents;
  readonly transitions: readonly Transition[];
}

function obey(incidents: Incidents, command: IncidentCommand): Omit<Step, 'mark' | 'before'> {
  const transitions: Transition[] = [];
  const after: Record<string, Incident> = {};
  for (const [key, incident] of Object.entries(incidents)) {
    const result = commandIncident(incident, command);
    after[key] = result.ok ? result.incident : incident;
    if (result.ok && result.transition !== undefined) transitions.push(result.transition);
  }
  return { after, transitions };
}

export function run(marks: readonly Mark[]): Step[] {
  const steps: Step[] = [];
  let incidents: Incidents = {};
  let epochMs = 0;
  for (const mark of marks) {
    const before = incidents;
    const command = commandOf(mark, epochMs + 1);
    if (command === undefined) {
      epochMs += MINUTE;
      const severity = mark === 'c' ? 'critical' : 'warning';
      const result = stepIncidents(before, {
        epochMs,
        findings: mark === 'w' || mark === 'c' ? [finding(epochMs, severity)] : [],
        unknownRules: new Set(mark === '?' ? ['volume'] : []),
      });
      steps.push({ mark, before, after: result.incidents, transitions: result.transitions });
    } else {
      steps.push({ mark, before, ...obey(before, command) });
    }
    incidents = steps.at(-1)?.after ?? {};
  }
  return steps;
}

export function expand(text: string): Mark[] {
  return [...text].filter(isMark);
}
