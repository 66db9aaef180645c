import type { Incident, Transition } from './incident.ts';

/** What a person does about an incident. */
export type IncidentCommand =
  | {
      readonly kind: 'acknowledge';
      readonly epochMs: number;
      readonly actor: string;
      /** What it comes from, when that is known; stops the advice to roll back. */
      readonly cause?: string;
    }
  /** Tells nobody until then, unless it gets worse. */
  | {
      readonly kind: 'snooze';
      readonly epochMs: number;
      readonly actor: string;
      readonly untilEpochMs: number;
    }
  /** Nothing is wrong: nobody is told until it ends by itself, and baselines ignore its time. */
  | { readonly kind: 'expected'; readonly epochMs: number; readonly actor: string }
  /** Over, even if it is still found, unless it gets worse. */
  | { readonly kind: 'resolve'; readonly epochMs: number; readonly actor: string };

/** What became of a command. `transition` undefined: it was so already. */
export type CommandResult =
  | { readonly ok: true; readonly incident: Incident; readonly transition?: Transition }
  | { readonly ok: false; readonly problem: string };

/**
 * Carries out a command on an incident. A repeated command changes nothing. Incidents that are over can only be marked as
 * expected; those that nobody was told of yet take no command. Deterministic; never throws.
 */
export function commandIncident(incident: Incident, command: IncidentCommand): CommandResult {
  if (incident.state === 'resolved') {
    if (command.kind === 'resolve') return { ok: true, incident };
    if (command.kind === 'expected') {
      return { ok: true, incident: { ...incident, isExpected: true, actor: command.actor } };
    }
    return { ok: false, problem: 'the incident is over' };
  }
  if (incident.state === 'pending') {
    return { ok: false, problem: 'the incident is not confirmed yet' };
  }
  switch (command.kind) {
    case 'acknowledge':
      return acknowledge(incident, command);
    case 'snooze':
      return snooze(incident, command);
    case 'expected':
      return expect(incident, command);
    case 'resolve':
      return change(
        bare(incident),
        {
          state: 'resolved',
          resolvedEpochMs: command.epochMs,
          actor: command.actor,
          isDismissed: true,
        },
        'resolved',
      );
    default:
      return command satisfies never;
  }
}

function acknowledge(
  incident: Incident,
  { epochMs, actor, cause }: IncidentCommand & { readonly kind: 'acknowledge' },
): CommandResult {
  const known = cause === undefined ? incident : { ...incident, cause };
  if (incident.state === 'acknowledged') return { ok: true, incident: known };
  return change(
    bare(known),
    { state: 'acknowledged', acknowledgedEpochMs: epochMs, actor },
    'acknowledged',
  );
}

function snooze(
  incident: Incident,
  { epochMs, actor, untilEpochMs }: IncidentCommand & { readonly kind: 'snooze' },
): CommandResult {
  if (untilEpochMs <= epochMs) return { ok: false, problem: 'the snooze ends before it begins' };
  const isSame = incident.state === 'silenced' && incident.silencedUntilEpochMs === untilEpochMs;
  if (isSame) return { ok: true, incident };
  return change(
    bare(incident),
    { state: 'silenced', silencedUntilEpochMs: untilEpochMs, actor },
    'silenced',
  );
}

function expect(
  incident: Incident,
  { actor }: IncidentCommand & { readonly kind: 'expected' },
): CommandResult {
  if (incident.isExpected) return { ok: true, incident };
  return change(bare(incident), { state: 'silenced', isExpected: true, actor }, 'silenced');
}

function change(
  incident: Incident,
  changes: Partial<Incident>,
  kind: Transition['kind'],
): CommandResult {
  const changed = { ...incident, ...changes, sequence: incident.sequence + 1 };
  return { ok: true, incident: changed, transition: { kind, incident: changed } };
}

/** Without what an earlier command left; expected stays expected when it is acknowledged. */
function bare(incident: Incident): Incident {
  const { acknowledgedEpochMs: _, silencedUntilEpochMs: __, ...rest } = incident;
  return rest;
}
