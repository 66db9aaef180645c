import {
  advance,
  createHistory,
  evaluateRules,
  type History,
  type IncidentConfig,
  type Incidents,
  type Rule,
  type RuleStates,
  renderHistory,
  type SeriesLabels,
  stepIncidents,
  type UsageMinute,
} from '@tokenmeter/anomaly';
import { incidentConfigFor } from '../backtest/incident-config-for.ts';
import type { OpenReplay } from '../backtest/open-replay.ts';
import type { AlarmTable } from './choose-levels.ts';
import type { Injection } from './inject-usage.ts';
import { PROBE_PLANS, type ProbePoint, probe } from './probe-sizes.ts';
import { isTunable, STRICTNESS, scaleRule, type TunableRule } from './scale-rule.ts';

/** One rule at one strictness. */
export interface TunedLevel {
  readonly rule: TunableRule;
  readonly strictness: number;
  /** Smallest injected size that it found in at least half of the tries; undefined when none, or when nothing is injected. */
  readonly detectableSize: number | undefined;
}

/** What was found out about the rules over one past. */
export interface TuneResult {
  /** Levels of each rule, from the one that tells most. */
  readonly rules: readonly (readonly TunedLevel[])[];
  /** Alarms a week of each rule where each has a given level. */
  readonly alarmsAt: AlarmTable;
  /** Length of the part of the past in which alarms were counted. */
  readonly weeks: number;
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
}

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** Rules learn so long before their alarms are counted, or half of a shorter past. */
const LEARN_MS = 21 * DAY_MS;
/** Times before the end at which usage is made to go wrong: two days of work, an evening and a weekend. */
const PROBES_MS: readonly number[] = [1.5, 2.75, 4.25, 6.5].map((days) => days * DAY_MS);
const PROBED_FEATURES = 3;

/** Counts at which strictness each rule tells how often, and which sizes it finds. */
export async function runTune(
  { source, rules: setup }: OpenReplay,
  options: { readonly signal: AbortSignal; readonly onProgress: (share: number) => void },
): Promise<TuneResult> {
  const { feed, stepMs } = source;
  const { hourOfWeek, plannedEvents } = setup;
  const tunable = setup.rules.filter(isTunable);
  const span = feed.toEpochMs - feed.fromEpochMs;
  const countFrom = feed.fromEpochMs + Math.min(LEARN_MS, span / 2);
  const lanes = createLanes(tunable);
  const config = incidentConfigFor(stepMs);
  const recorder = new ProbeRecorder(feed.toEpochMs, stepMs);
  let history = createHistory();
  for (let to = feed.fromEpochMs + stepMs; to <= feed.toEpochMs; to += stepMs) {
    const { minutes, gaps } = await feed.next(to);
    history = advance(history, { minutes, gaps, toEpochMs: to, plannedEvents }, hourOfWeek);
    const at = { history, epochMs: to, hourOfWeek };
    for (const lane of lanes.values()) lane.step(at, { config, isCounted: to >= countFrom });
    recorder.note(to, minutes, history);
    options.onProgress((to - feed.fromEpochMs) / span);
    if (options.signal.aborted) break;
  }
  const weeks = Math.max(stepMs, feed.toEpochMs - countFrom) / WEEK_MS;
  const list = tunable.map((rule) => {
    const levels = STRICTNESS.map((strictness) => scaleRule(rule, strictness));
    const sizes = findSizes(levels, recorder, { stepMs, hourOfWeek });
    return levels.map(
      (level, index): TunedLevel => ({
        rule: level,
        strictness: STRICTNESS[index] ?? 1,
        detectableSize: sizes[index],
      }),
    );
  });
  const alarmsAt: AlarmTable = (levels) => {
    const counts = tunable.map(({ name }, rule) =>
      lanes.get(laneOf(tunable, levels, rule))?.alarms.get(name),
    );
    return counts.every((count) => count !== undefined)
      ? counts.map((count) => count / weeks)
      : undefined;
  };
  const { fromEpochMs, toEpochMs } = feed;
  return { rules: list, alarmsAt, weeks, fromEpochMs, toEpochMs };
}

/** Rules that leave out what the other one tells: they are replayed together, at levels that are at most one apart. */
const COUPLED: ReadonlySet<TunableRule['name']> = new Set(['volume', 'slow_burn']);

/** Name of the lane that knows a rule where each rule has a given level. */
function laneOf(rules: readonly TunableRule[], levels: readonly number[], rule: number): string {
  const isCoupled = COUPLED.has(rules[rule]?.name ?? 'unpriced');
  return isCoupled
    ? `coupled ${levels.filter((_, index) => COUPLED.has(rules[index]?.name ?? 'unpriced'))}`
    : `others ${levels[rule]}`;
}

function createLanes(rules: readonly TunableRule[]): ReadonlyMap<string, Lane> {
  const lanes = new Map<string, Lane>();
  for (const [level] of STRICTNESS.entries()) {
    for (const other of [level - 1, level, level + 1]) {
      const levels = rules.map(({ name }) => (name === 'slow_burn' ? other : level));
      for (const [index, { name }] of rules.entries()) {
        const strictnesses = levels.map((at) => STRICTNESS[at]);
        if (strictnesses.includes(undefined)) continue;
        const together = rules.flatMap((rule, at) =>
          COUPLED.has(rule.name) === COUPLED.has(name)
            ? scaleRule(rule, strictnesses[at] ?? 1)
            : [],
        );
        const key = laneOf(rules, levels, index);
        if (!lanes.has(key)) lanes.set(key, new Lane(together));
      }
    }
  }
  return lanes;
}

/** Some rules, each at a strictness of its own. */
class Lane {
  readonly alarms: Map<string, number>;
  readonly #rules: readonly Rule[];
  #states: RuleStates = {};
  #incidents: Incidents = {};

  constructor(rules: readonly TunableRule[]) {
    this.#rules = rules;
    this.alarms = new Map(rules.map(({ name }) => [name, 0]));
  }

  step(
    at: Parameters<typeof evaluateRules>[2],
    { config, isCounted }: { readonly config: IncidentConfig; readonly isCounted: boolean },
  ): void {
    const { states, findings, unknownRules } = evaluateRules(this.#rules, this.#states, at);
    this.#states = states;
    const input = { epochMs: at.epochMs, findings, unknownRules };
    const next = stepIncidents(this.#incidents, input, config);
    this.#incidents = next.incidents;
    if (!isCounted) return;
    for (const { kind, incident } of next.transitions) {
      const { rule } = incident.finding;
      // A new source of traffic is said, not told.
      if (kind === 'firing' && incident.severity !== 'info')
        this.alarms.set(rule, (this.alarms.get(rule) ?? 0) + 1);
    }
  }
}

interface Probed {
  readonly labels: SeriesLabels;
  calls: number;
  isCaching: boolean;
}

/** Keeps points of the last week with what followed, and how many calls each feature made there. */
class ProbeRecorder {
  readonly points: (ProbePoint & { readonly following: (readonly UsageMinute[])[] })[] = [];
  readonly #calls = new Map<string, Probed>();
  readonly #starts: readonly number[];
  readonly #longestSteps: number;

  constructor(endEpochMs: number, stepMs: number) {
    this.#starts = PROBES_MS.map(
      (beforeMs) => Math.ceil((endEpochMs - beforeMs) / stepMs) * stepMs,
    );
    const hours = Object.values(PROBE_PLANS).map((plan) => plan.hours);
    this.#longestSteps = (Math.max(...hours) * 3_600_000) / stepMs;
  }

  note(toEpochMs: number, minutes: readonly UsageMinute[], history: History | undefined): void {
    for (const point of this.points) {
      if (point.following.length < this.#longestSteps) point.following.push(minutes);
    }
    if (this.#starts.includes(toEpochMs) && history !== undefined) {
      this.points.push({ history: [...renderHistory(history)], epochMs: toEpochMs, following: [] });
    }
    if (toEpochMs < Math.min(...this.#starts)) return;
    for (const { labels, calls, cacheReadTokens, cacheHits } of minutes) {
      const key = JSON.stringify([labels.service, labels.environment, labels.feature]);
      const known = this.#calls.get(key) ?? { labels, calls: 0, isCaching: false };
      known.calls += calls;
      known.isCaching ||= cacheReadTokens + cacheHits > 0;
      this.#calls.set(key, known);
    }
  }

  /**
   * A large, a middling and a small feature: what is found depends on how much is called. Only a feature that uses a cache
   * can lose it.
   */
  features(kind: Injection['kind']): readonly SeriesLabels[] {
    const sorted = [...this.#calls.values()]
      .filter(({ isCaching }) => kind !== 'cache' || isCaching)
      .sort((a, b) => b.calls - a.calls);
    const places = [0, Math.floor(sorted.length / 2), sorted.length - 1];
    const chosen = [...new Set(places)].slice(0, PROBED_FEATURES);
    return chosen.flatMap((place) => sorted[place]?.labels ?? []);
  }
}

function findSizes(
  levels: readonly TunableRule[],
  recorder: ProbeRecorder,
  time: Pick<Parameters<typeof probe>[1], 'stepMs' | 'hourOfWeek'>,
): readonly (number | undefined)[] {
  const plan = levels[0] === undefined ? undefined : PROBE_PLANS[levels[0].name];
  const smallest: (number | undefined)[] = levels.map(() => undefined);
  if (plan === undefined) return smallest;
  const steps = (plan.hours * 3_600_000) / time.stepMs;
  for (const size of plan.sizes) {
    const found = levels.map(() => 0);
    let tries = 0;
    for (const point of recorder.points) {
      const following = point.following.slice(0, steps);
      for (const feature of recorder.features(plan.kind)) {
        const injection = { kind: plan.kind, size };
        const isFound = probe({ ...point, following }, { levels, feature, injection, ...time });
        isFound.forEach((yes, index) => {
          found[index] = (found[index] ?? 0) + Number(yes);
        });
        tries += 1;
      }
    }
    found.forEach((count, index) => {
      if (tries > 0 && count >= tries / 2) smallest[index] ??= size;
    });
    if (smallest.every((one) => one !== undefined)) break;
  }
  return smallest;
}
