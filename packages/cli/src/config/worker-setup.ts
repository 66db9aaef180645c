import { DEFAULT_ADVICE_CONFIG, type RuleName } from '@tokenmeter/anomaly';
import {
  createChannel,
  type EscalationStep,
  type HeartbeatOptions,
  type IncidentMatch,
  type Notifier,
  type QuietHours,
  ROUTE_DEFAULTS,
  type Route,
  type WorkerRouting,
} from '@tokenmeter/worker';
import { CommandError, type Io } from '../io.ts';
import { createNotifiers } from '../notifiers.ts';
import type { LoadedConfig } from './load-config.ts';
import type {
  AdviceConfig,
  IncidentMatchConfig,
  QuietHoursConfig,
  RouteConfig,
  TokenmeterConfig,
} from './tokenmeter-config.ts';

/** What a configuration makes of the options of a worker. */
export interface WorkerSetup {
  readonly notifiers: readonly Notifier[];
  readonly routing: WorkerRouting;
  readonly actions: Readonly<Partial<Record<RuleName, Notifier>>>;
  readonly heartbeat?: HeartbeatOptions;
  readonly dashboardUrl?: string;
  readonly imageUrl?: string;
  readonly lookbackDays?: number;
  readonly evaluationSeconds?: number;
}

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** Mutes without a beginning have begun. */
const EARLIEST = 0;

/** Creates channels, routes and actions as configured. Throws a `CommandError` that lists every problem. */
export function createWorkerSetup(
  loaded: LoadedConfig,
  io: Io,
  { isJson, timeZone }: { readonly isJson: boolean; readonly timeZone: string },
): WorkerSetup {
  const { config } = loaded;
  const notifiers = createNotifiers(io, { isJson, loaded, timeZone });
  const extra = notifiers.map(({ name }) => name).filter((name) => !(name in config.channels));
  const { lookbackDays, evaluationSeconds } = config.worker;
  const heartbeat = createHeartbeat(loaded);
  return {
    notifiers,
    routing: createRouting(config, { extra, timeZone }),
    actions: createActions(loaded, io, timeZone),
    ...(heartbeat === undefined ? {} : { heartbeat }),
    ...(config.dashboardUrl === undefined ? {} : { dashboardUrl: config.dashboardUrl }),
    ...(config.imageUrl === undefined ? {} : { imageUrl: config.imageUrl }),
    ...(lookbackDays === undefined ? {} : { lookbackDays }),
    ...(evaluationSeconds === undefined ? {} : { evaluationSeconds }),
  };
}

/** Signing secrets of PagerDuty's webhooks. Throws a `CommandError` for one that is not there. */
export function readPagerDutySecrets({ config, readSecret }: LoadedConfig): readonly string[] {
  return (config.pagerDuty?.webhookSecrets ?? []).map((reference) => {
    const found = readSecret(reference);
    if (found.ok) return found.value;
    throw new CommandError(`pagerDuty.webhookSecrets: ${found.problem}`, { exitCode: 2 });
  });
}

function createRouting(
  config: TokenmeterConfig,
  { extra, timeZone }: { readonly extra: readonly string[]; readonly timeZone: string },
): WorkerRouting {
  const routes = config.routes.map((route, index) =>
    createRoute(route, { index, config, timeZone }),
  );
  return {
    // Standard output, and the webhook of the environment, are told everything, whatever the routes say.
    routes: routes.length === 0 ? [] : [...extraRoute(extra), ...routes],
    ...(config.fallbackChannel === undefined ? {} : { fallbackChannel: config.fallbackChannel }),
    inhibitions: config.inhibit.map(({ source, target, equal }) => ({
      source: definedMatch(source),
      target: definedMatch(target),
      equal,
    })),
    hasBuiltInInhibitions: config.builtInInhibition,
    mutes: config.mutes.map(({ match, from = EARLIEST, until, reason }) => ({
      match: definedMatch(match),
      fromEpochMs: from,
      untilEpochMs: until,
      ...(reason === undefined ? {} : { reason }),
    })),
    advice: {
      ...DEFAULT_ADVICE_CONFIG,
      volumeMs: adviceMs(config.advice.volume, DEFAULT_ADVICE_CONFIG.volumeMs),
      costPerRequestMs: adviceMs(
        config.advice.costPerRequest,
        DEFAULT_ADVICE_CONFIG.costPerRequestMs,
      ),
      cacheHitRateMs: adviceMs(config.advice.cacheHitRate, DEFAULT_ADVICE_CONFIG.cacheHitRateMs),
    },
  };
}

function adviceMs(advice: AdviceConfig | undefined, usual: number | undefined): number | undefined {
  if (advice?.enabled === false) return undefined;
  return advice?.after ?? usual;
}

function extraRoute(channels: readonly string[]): Route[] {
  if (channels.length === 0) return [];
  return [
    {
      ...ROUTE_DEFAULTS,
      name: 'console',
      match: {},
      channels,
      continues: true,
      groupBy: ['rule', 'severity', 'service', 'environment', 'feature', 'team'],
      groupIntervalMs: 0,
      quietHours: [],
      escalation: [],
    },
  ];
}

interface RouteContext {
  readonly index: number;
  readonly config: TokenmeterConfig;
  readonly timeZone: string;
}

function createRoute(route: RouteConfig, { index, config, timeZone }: RouteContext): Route {
  const { repeatInterval = ROUTE_DEFAULTS.repeatIntervalMs, digest } = route;
  return {
    name: route.name ?? `route-${index + 1}`,
    match: definedMatch(route.match),
    channels: route.channels,
    continues: route.continue,
    groupBy: route.groupBy ?? ROUTE_DEFAULTS.groupBy,
    groupWaitMs: route.groupWait ?? ROUTE_DEFAULTS.groupWaitMs,
    groupIntervalMs: route.groupInterval ?? ROUTE_DEFAULTS.groupIntervalMs,
    ...(repeatInterval === 'never' || repeatInterval === undefined
      ? {}
      : { repeatIntervalMs: repeatInterval }),
    quietHours: route.quietHours.flatMap((name) => {
      const hours = config.quietHours[name];
      return hours === undefined ? [] : createQuietHours(hours, timeZone);
    }),
    ...(digest === undefined ? {} : { digestMinute: digest }),
    escalation: createSteps(config, route.escalation),
  };
}

function createQuietHours(hours: QuietHoursConfig, timeZone: string): QuietHours {
  const days = hours.days ?? WEEKDAYS;
  return {
    days: days.map((day) => WEEKDAYS.indexOf(day) + 1),
    fromMinute: hours.from,
    toMinute: hours.to,
    timeZone: hours.timeZone ?? timeZone,
  };
}

function createSteps(config: TokenmeterConfig, name: string | undefined): EscalationStep[] {
  const steps = name === undefined ? undefined : config.escalations[name];
  return (steps ?? []).map(({ after, channels, note }) => ({
    afterMs: after,
    channels,
    ...(note === undefined ? {} : { note }),
  }));
}

function definedMatch(match: IncidentMatchConfig): IncidentMatch {
  return Object.fromEntries(Object.entries(match).filter(([, value]) => value !== undefined));
}

/** An action is a signed webhook of its own; its deliveries are kept and repeated like any channel's. */
function createActions(
  { config, readSecret }: LoadedConfig,
  io: Io,
  timeZone: string,
): WorkerSetup['actions'] {
  const wanted: readonly (readonly [RuleName, string | undefined])[] = [
    ['volume', config.advice.volume?.action],
    ['cost_per_request', config.advice.costPerRequest?.action],
    ['cache_hit_rate', config.advice.cacheHitRate?.action],
  ];
  const actions: Partial<Record<RuleName, Notifier>> = {};
  const made = new Map<string, Notifier>();
  for (const [rule, name] of wanted) {
    const action = name === undefined ? undefined : config.actions[name];
    if (name === undefined || action === undefined) continue;
    const known = made.get(name);
    const created =
      known === undefined
        ? createChannel(
            `action:${name}`,
            { type: 'webhook', url: action.url, secret: action.secret },
            {
              readSecret,
              write: io.stdout,
              timeZone,
              allowPrivateAddresses: config.allowPrivateAddresses,
            },
          )
        : ({ ok: true, notifier: known } as const);
    if (!created.ok) {
      const problems = created.problems.map((problem) => `actions.${name}: ${problem}`);
      throw new CommandError(problems.join('\n'), { exitCode: 2 });
    }
    made.set(name, created.notifier);
    actions[rule] = created.notifier;
  }
  return actions;
}

function createHeartbeat({ config, readSecret }: LoadedConfig): HeartbeatOptions | undefined {
  const { heartbeat } = config;
  if (heartbeat === undefined) return undefined;
  const { url, method, timeout: timeoutMs } = heartbeat;
  if (typeof url === 'string') return { url, method, timeoutMs };
  const found = readSecret(url);
  if (found.ok && URL.canParse(found.value)) return { url: found.value, method, timeoutMs };
  const problem = found.ok ? 'the secret is no URL' : found.problem;
  throw new CommandError(`heartbeat.url: ${problem}`, { exitCode: 2 });
}
