import type { Severity } from '@tokenmeter/anomaly';
import type { NoticeTransition } from '../ports.ts';
import { nextLocalMinute } from './local-time.ts';
import { labelOf, type RoutedIncident } from './match-incident.ts';
import { quietUntil } from './quiet-until.ts';
import type { Route } from './route.ts';

/** When a notice goes out, and with which others. */
export interface DueTime {
  readonly dueEpochMs: number;
  readonly bundle?: string;
  /** It must not wait behind what is not urgent. */
  readonly isUrgent: boolean;
}

/** What the time depends on. */
export interface DueQuestion {
  readonly epochMs: number;
  readonly severity: Severity;
  readonly transition: NoticeTransition;
  readonly route: Route | undefined;
  readonly timeZone: string;
  /** When the last message of a bundle was, or will be, due; undefined before the first. */
  readonly bundleDue: (bundle: string) => number | undefined;
}

/** Transitions that are no noise: they end something, or somebody asked for them. */
const PROMPT: ReadonlySet<NoticeTransition> = new Set(['resolved', 'acknowledged', 'silenced']);

/** The name of what is told in one message: the route and the values of its group labels. */
function bundleOf(route: Route, incident: RoutedIncident): string {
  return JSON.stringify([
    route.name,
    ...route.groupBy.map((label) => labelOf(incident, label) ?? null),
  ]);
}

/**
 * When a notice goes out. Critical ones go at once; warnings wait for the end of quiet hours and for the day's digest;
 * the first of a bundle waits `groupWaitMs`, later ones until `groupIntervalMs` after the message before.
 */
export function dueTime(question: DueQuestion, incident: RoutedIncident): DueTime {
  const { epochMs, severity, route, transition, timeZone } = question;
  const isUrgent = severity === 'critical';
  if (route === undefined) return { dueEpochMs: epochMs, isUrgent };
  if (route.digestMinute !== undefined && !isUrgent) {
    const due = nextLocalMinute(epochMs, route.digestMinute, timeZone);
    return { dueEpochMs: due, bundle: JSON.stringify([route.name, 'digest']), isUrgent };
  }
  const bundle = bundleOf(route, incident);
  if (isUrgent || PROMPT.has(transition)) return { dueEpochMs: epochMs, bundle, isUrgent };
  const quiet = quietUntil(route.quietHours, epochMs);
  if (quiet !== undefined) return { dueEpochMs: quiet, bundle, isUrgent };
  const last = question.bundleDue(bundle);
  return { dueEpochMs: nextOfBundle(last, epochMs, route), bundle, isUrgent };
}

function nextOfBundle(last: number | undefined, epochMs: number, route: Route): number {
  if (last !== undefined && last >= epochMs) return last;
  if (last !== undefined && last + route.groupIntervalMs > epochMs)
    return last + route.groupIntervalMs;
  return epochMs + route.groupWaitMs;
}
