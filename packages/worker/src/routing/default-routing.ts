import { DEFAULT_ADVICE_CONFIG } from '@tokenmeter/anomaly';
import type { RoutingOptions } from '../incidents/incident-book.ts';
import type { Route } from './route.ts';

/** Who is told what; what is left out keeps its default. */
export type WorkerRouting = Partial<Omit<RoutingOptions, 'actionChannels'>> & {
  /** Told what another channel could not deliver. */
  readonly fallbackChannel?: string;
};

const REPEAT_MS = 4 * 3_600_000;

/** Fills in what a routing leaves out: without routes every channel is told everything, each incident by itself, at once. */
export function completeRouting(
  routing: WorkerRouting,
  channels: readonly string[],
  actionChannels: RoutingOptions['actionChannels'],
): RoutingOptions {
  const { routes = [], fallbackChannel } = routing;
  return {
    routes: routes.length > 0 ? routes : [allToAll(channels)],
    otherwise: routing.otherwise ?? (fallbackChannel === undefined ? channels : [fallbackChannel]),
    inhibitions: routing.inhibitions ?? [],
    hasBuiltInInhibitions: routing.hasBuiltInInhibitions ?? true,
    mutes: routing.mutes ?? [],
    advice: routing.advice ?? DEFAULT_ADVICE_CONFIG,
    actionChannels,
  };
}

function allToAll(channels: readonly string[]): Route {
  return {
    name: 'default',
    match: {},
    channels,
    continues: false,
    groupBy: ['rule', 'severity', 'service', 'environment', 'feature', 'team'],
    groupWaitMs: 0,
    groupIntervalMs: 0,
    repeatIntervalMs: REPEAT_MS,
    quietHours: [],
    escalation: [],
  };
}
