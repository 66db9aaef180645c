import {
  type AdviceConfig,
  adviseIncident,
  type CommandResult,
  commandIncident,
  type Finding,
  type Incident,
  type IncidentCommand,
  type Incidents,
  stepIncidents,
  type Transition,
  type TransitionKind,
} from '@tokenmeter/anomaly';
import { createInhibitor } from '../routing/inhibit.ts';
import { planNotices, type RoutingContext, routesOf, whyHeld } from '../routing/plan-notices.ts';
import type { Inhibition, Mute, Route } from '../routing/route.ts';
import type { StateStore } from '../state/state-store.ts';
import { dueSteps } from './escalation.ts';
import type { NoticeQueue } from './notice-queue.ts';
import { ToldCache } from './told-cache.ts';

/** Who is told what. */
export interface RoutingOptions {
  readonly routes: readonly Route[];
  /** Channels for what fits no route. */
  readonly otherwise: readonly string[];
  readonly inhibitions: readonly Inhibition[];
  readonly hasBuiltInInhibitions: boolean;
  /** Of the configuration; others may be set while running. */
  readonly mutes: readonly Mute[];
  readonly advice: AdviceConfig;
  /** Channel of the webhook that carries out a rule's advice; none for most. */
  readonly actionChannels: Readonly<Partial<Record<Finding['rule'], string>>>;
}

/** What a book works with. */
export interface BookOptions {
  readonly store: StateStore;
  readonly queue: NoticeQueue;
  readonly routing: RoutingOptions;
  readonly shard: string;
}

/** What one evaluation found. */
export interface Judgement {
  readonly epochMs: number;
  readonly findings: readonly Finding[];
  readonly unknownRules: ReadonlySet<string>;
}

const RECENT_MS = 2 * 3_600_000;

/**
 * The incidents of one shard. Every change commits in one transaction with its notices, its history and the steps taken,
 * on the incidents as they are in the file then: what another process changed since is seen, never overwritten.
 */
export class IncidentBook {
  readonly #options: BookOptions;
  readonly #told: ToldCache;
  #incidents: Incidents = {};
  #version: number | undefined;

  constructor(options: BookOptions) {
    this.#options = options;
    this.#told = new ToldCache(options.store.incidents);
  }

  /**
   * Moves all incidents by one evaluation at `nowEpochMs`. `isAllowed` is asked inside the transaction; when it says no
   * nothing happens and the answer is undefined.
   */
  evaluate(
    judgement: Judgement,
    { nowEpochMs, isAllowed }: { readonly nowEpochMs: number; readonly isAllowed: () => boolean },
  ): readonly Transition[] | undefined {
    return this.#change(() => {
      if (!isAllowed()) return undefined;
      this.#refresh(nowEpochMs);
      const before = this.#incidents;
      const { shard } = this.#options;
      const { incidents, transitions } = stepIncidents(before, { ...judgement, shard });
      this.#save(before, incidents);
      const kinds = new Map(transitions.map(({ kind, incident }) => [incident.id, kind]));
      this.#note(transitions, before, nowEpochMs);
      const context = this.#context(incidents, nowEpochMs);
      for (const incident of Object.values(incidents)) {
        const kind = kinds.get(incident.id);
        if (kind === undefined && incident.state !== 'firing' && incident.state !== 'acknowledged')
          continue;
        this.#tell(incident, kind, context);
        this.#escalate(incident, kind, context);
      }
      this.#incidents = incidents;
      return transitions;
    });
  }

  /** Carries out a person's command; undefined when there is no such incident. */
  command(incidentId: string, command: IncidentCommand): CommandResult | undefined {
    return this.#change(() => {
      const { store } = this.#options;
      const found = store.incidents.find(incidentId);
      if (found === undefined) return undefined;
      const result = commandIncident(found.incident, command);
      if (!result.ok) return result;
      store.incidents.save(result.incident, found.shard);
      this.#version = undefined;
      const { epochMs, actor } = command;
      const cause = command.kind === 'acknowledge' ? command.cause : undefined;
      const isNews = result.transition !== undefined || cause !== undefined;
      if (isNews) {
        const note = cause === undefined ? {} : { note: `cause: ${cause}` };
        store.journal.write(incidentId, { epochMs, kind: command.kind, actor, ...note });
      }
      if (result.transition !== undefined) {
        const context = this.#context({ [found.incident.key]: result.incident }, epochMs);
        this.#tell(result.incident, result.transition.kind, context);
      }
      return result;
    });
  }

  /** Incidents that may still move, as of the last evaluation or command of this process. */
  current(): readonly Incident[] {
    return Object.values(this.#incidents);
  }

  #change<T>(work: () => T): T {
    try {
      return this.#options.store.transact(work);
    } catch (error) {
      // What was noted in memory is not in the file.
      this.#version = undefined;
      throw error;
    }
  }

  /** Reads the file again when another connection wrote to it, or at first. */
  #refresh(epochMs: number): void {
    const { store, shard } = this.#options;
    const version = store.foreignVersion;
    if (version === this.#version) return;
    this.#incidents = latestByKey(store.incidents.movable(shard, epochMs - RECENT_MS));
    this.#told.clear();
    this.#version = version;
  }

  #save(before: Incidents, after: Incidents): void {
    const { store, shard } = this.#options;
    for (const [key, incident] of Object.entries(after)) {
      const known = before[key];
      if (incident !== known) store.incidents.save(incident, shard);
      if (incident.id !== known?.id) this.#told.open(incident.id);
    }
    for (const [key, incident] of Object.entries(before)) {
      if (after[key]?.id === incident.id) continue;
      if (incident.state === 'pending') store.incidents.forget(incident.id);
      this.#told.forget(incident.id);
    }
  }

  #note(transitions: readonly Transition[], before: Incidents, epochMs: number): void {
    const { store } = this.#options;
    for (const { kind, incident } of transitions) {
      const note = `${incident.severity}, ${incident.finding.observed.toPrecision(4)} against ${incident.finding.expected.mid.toPrecision(4)}`;
      store.journal.write(incident.id, { epochMs, kind, note });
      const wasExpected = before[incident.key]?.isExpected === true;
      if (wasExpected && !incident.isExpected) store.incidents.endExclusion(incident.id, epochMs);
    }
  }

  #context(incidents: Incidents, epochMs: number): RoutingContext {
    const { routing, store } = this.#options;
    const { inhibitions, hasBuiltInInhibitions } = routing;
    return {
      epochMs,
      routes: routing.routes,
      otherwise: routing.otherwise,
      mutes: [...routing.mutes, ...store.journal.mutes(epochMs)],
      inhibitorOf: createInhibitor(Object.values(incidents), inhibitions, hasBuiltInInhibitions),
    };
  }

  #tell(incident: Incident, kind: TransitionKind | undefined, context: RoutingContext): void {
    const told = this.#told.of(incident.id);
    const planned = planNotices(incident, kind, { told, context });
    for (const one of planned) {
      this.#options.queue.put(incident, one, context.epochMs);
      this.#told.save(incident.id, one.channel, one.told);
    }
  }

  #escalate(incident: Incident, kind: TransitionKind | undefined, context: RoutingContext): void {
    const { store, queue, routing } = this.#options;
    const { epochMs } = context;
    const routes = routesOf(incident, context);
    const steps = [...dueSteps(incident, routes, epochMs)];
    const advice = adviseIncident(incident, epochMs, routing.advice);
    if (steps.length === 0 && advice === undefined) return;
    if (whyHeld(incident, kind, context) !== undefined) return;
    for (const { step, channels, note } of steps) {
      if (
        !this.#told.takeStep(incident.id, step, () =>
          store.journal.takeStep(incident.id, step, epochMs),
        )
      )
        continue;
      store.journal.write(incident.id, {
        epochMs,
        kind: 'escalation',
        note: `${channels.join(', ')}: ${note}`,
      });
      for (const channel of channels) this.#advise(incident, { channel, step, note, epochMs });
    }
    if (advice === undefined) return;
    const step = `advice ${advice.step}`;
    if (
      !this.#told.takeStep(incident.id, step, () =>
        store.journal.takeStep(incident.id, step, epochMs),
      )
    )
      return;
    store.journal.write(incident.id, { epochMs, kind: 'advice', note: advice.note });
    for (const [channel, known] of this.#told.of(incident.id)) {
      if (!known.isOver) this.#advise(incident, { channel, step, note: advice.note, epochMs });
    }
    const action = routing.actionChannels[incident.finding.rule];
    if (action === undefined) return;
    store.journal.write(incident.id, { epochMs, kind: 'action', note: action });
    queue.advise(incident, { channel: action, step, note: advice.note, epochMs });
  }

  #advise(
    incident: Incident,
    advice: {
      readonly channel: string;
      readonly step: string;
      readonly note: string;
      readonly epochMs: number;
    },
  ): void {
    this.#options.queue.advise(incident, advice);
    const known = this.#told.of(incident.id).get(advice.channel);
    this.#told.save(incident.id, advice.channel, {
      sequence: incident.sequence,
      severity: incident.severity,
      epochMs: advice.epochMs,
      reminders: known?.reminders ?? 0,
      isOver: false,
    });
  }
}

function latestByKey(incidents: readonly Incident[]): Incidents {
  const byKey: Record<string, Incident> = {};
  for (const incident of incidents) {
    const known = byKey[incident.key];
    if (known === undefined || known.updatedEpochMs <= incident.updatedEpochMs) {
      byKey[incident.key] = incident;
    }
  }
  return byKey;
}
