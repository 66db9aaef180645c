import type { Incident } from '@tokenmeter/anomaly';
import type { Route } from '../routing/route.ts';

/** A step that is due for an incident that nobody acknowledged. */
export interface DueStep {
  /** Constant per incident and firing: it is taken once. */
  readonly step: string;
  readonly channels: readonly string[];
  readonly note: string;
}

/** The steps whose time without an acknowledgement has come, earliest first. Only firing incidents have any. */
export function dueSteps(
  incident: Incident,
  routes: readonly Route[],
  epochMs: number,
): readonly DueStep[] {
  const { firedEpochMs } = incident;
  if (incident.state !== 'firing' || firedEpochMs === undefined) return [];
  const openMs = epochMs - firedEpochMs;
  return routes.flatMap((route) =>
    route.escalation
      .map((step, index) => ({ step, index }))
      .filter(({ step }) => openMs >= step.afterMs)
      .map(({ step, index }) => ({
        step: `escalation ${route.name} ${index} ${firedEpochMs}`,
        channels: step.channels,
        note: [step.note, `Nobody has acknowledged this for ${renderMinutes(step.afterMs)}.`]
          .filter((text) => text !== undefined)
          .join(' '),
      })),
  );
}

function renderMinutes(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
  return `${Math.round(minutes / 6) / 10} hours`;
}
