import { compareSeverity, type Incident, type TransitionKind } from '@tokenmeter/anomaly';
import type { Told } from '../state/incident-table.ts';
import type { FindInhibitor } from './inhibit.ts';
import { matchesIncident } from './match-incident.ts';
import type { Mute, Route } from './route.ts';

/** What routing decides by. */
export interface RoutingContext {
  readonly epochMs: number;
  readonly routes: readonly Route[];
  /** Told what fits no route. */
  readonly otherwise: readonly string[];
  readonly mutes: readonly Mute[];
  readonly inhibitorOf: FindInhibitor;
}

/** A notice to be: what one channel is to be told of one incident. */
export interface PlannedNotice {
  readonly channel: string;
  /** The route that leads there; undefined for channels that were told before and are no longer routed to. */
  readonly route: Route | undefined;
  readonly kind: TransitionKind | 'reminded';
  /** What the channel knows once it is told. */
  readonly told: Told;
}

/** The routes that an incident takes: the first that fits, and later ones while routes say so. */
export function routesOf(incident: Incident, { routes }: RoutingContext): readonly Route[] {
  const taken: Route[] = [];
  for (const route of routes) {
    if (!matchesIncident(route.match, incident)) continue;
    taken.push(route);
    if (!route.continues) return taken;
  }
  return taken;
}

/** Why nobody is told of an open incident for now; undefined: they are. */
export function whyHeld(
  incident: Incident,
  kind: TransitionKind | undefined,
  context: RoutingContext,
): 'silenced' | 'muted' | 'inhibited' | undefined {
  if (incident.state === 'silenced') return 'silenced';
  const { epochMs } = context;
  const isMuted = context.mutes.some(
    ({ match, fromEpochMs, untilEpochMs }) =>
      epochMs >= fromEpochMs && epochMs < untilEpochMs && matchesIncident(match, incident),
  );
  if (isMuted) return 'muted';
  const inhibitor = context.inhibitorOf(incident);
  if (inhibitor === undefined) return undefined;
  const isLesser = compareSeverity(inhibitor.severity, incident.severity) < 0;
  return kind === 'escalated' && isLesser ? undefined : 'inhibited';
}

/**
 * What channels are to be told of one incident after an evaluation or a command.
 *
 * Works by the difference between what is and what each channel was told, so that what was held back by a mute, a snooze
 * or an inhibition is told when that ends, a channel that is new to the configuration learns what is open, and an end
 * reaches every channel that heard of the beginning, and no other.
 */
export function planNotices(
  incident: Incident,
  kind: TransitionKind | undefined,
  { told, context }: { readonly told: ReadonlyMap<string, Told>; readonly context: RoutingContext },
): readonly PlannedNotice[] {
  if (incident.state === 'pending') return [];
  const listeners = [...told].filter(([, known]) => !known.isOver);
  if (kind === 'resolved' || kind === 'acknowledged' || kind === 'silenced') {
    return listeners.map(([channel, known]) => plan(incident, kind, { channel, known, context }));
  }
  if (incident.state === 'resolved') return [];
  if (incident.state === 'acknowledged' && kind === undefined) return [];
  if (whyHeld(incident, kind, context) !== undefined) return [];
  const routes = channelsOf(incident, context);
  const channels = new Set([...routes.keys(), ...listeners.map(([channel]) => channel)]);
  return [...channels].sort().flatMap((channel) => {
    const known = told.get(channel);
    const route = routes.get(channel);
    const due = kindFor(incident, kind, { known, route, context });
    return due === undefined ? [] : plan(incident, due, { channel, known, context, route });
  });
}

function channelsOf(
  incident: Incident,
  context: RoutingContext,
): ReadonlyMap<string, Route | undefined> {
  const channels = new Map<string, Route | undefined>();
  const routes = routesOf(incident, context);
  for (const route of routes) {
    for (const channel of route.channels) {
      if (!channels.has(channel)) channels.set(channel, route);
    }
  }
  if (routes.length === 0)
    for (const channel of context.otherwise) channels.set(channel, undefined);
  return channels;
}

interface Listener {
  readonly known: Told | undefined;
  readonly route: Route | undefined;
  readonly context: RoutingContext;
}

function kindFor(
  incident: Incident,
  kind: TransitionKind | undefined,
  { known, route, context }: Listener,
): PlannedNotice['kind'] | undefined {
  if (known === undefined || known.isOver) return kind ?? 'firing';
  if (kind !== undefined) return kind;
  if (compareSeverity(incident.severity, known.severity) > 0) return 'escalated';
  // Nobody need do anything about it: once is enough.
  if (incident.severity === 'info') return undefined;
  const repeatMs = route?.repeatIntervalMs;
  if (repeatMs === undefined || context.epochMs - known.epochMs < repeatMs) return undefined;
  return 'reminded';
}

function plan(
  incident: Incident,
  kind: PlannedNotice['kind'],
  to: {
    readonly channel: string;
    readonly known: Told | undefined;
    readonly context: RoutingContext;
    readonly route?: Route | undefined;
  },
): PlannedNotice {
  const reminders = to.known?.reminders ?? 0;
  return {
    channel: to.channel,
    route: to.route,
    kind,
    told: {
      sequence: incident.sequence,
      severity: incident.severity,
      epochMs: to.context.epochMs,
      reminders: kind === 'reminded' ? reminders + 1 : reminders,
      isOver: kind === 'resolved',
    },
  };
}
