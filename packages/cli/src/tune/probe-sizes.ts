import {
  advance,
  type HourOfWeek,
  INITIAL_RULE_STATE,
  parseHistory,
  type RuleState,
  type SeriesLabels,
  step,
  type UsageMinute,
} from '@tokenmeter/anomaly';
import { type Injection, injectUsage } from './inject-usage.ts';
import type { TunableRule } from './scale-rule.ts';

/** Sizes that are tried for a rule, from small to large, and for how long each lasts. */
export interface ProbePlan {
  readonly kind: Injection['kind'];
  readonly sizes: readonly number[];
  readonly hours: number;
}

/** What is injected to see what a rule finds; rules without an entry have no size. */
export const PROBE_PLANS: Readonly<Partial<Record<TunableRule['name'], ProbePlan>>> = {
  volume: { kind: 'calls', sizes: [1.6, 2, 3, 5, 10], hours: 2 },
  slow_burn: { kind: 'calls', sizes: [1.3, 1.6, 2, 3], hours: 12 },
  cost_per_request: { kind: 'cost', sizes: [1.3, 1.6, 2, 3], hours: 3 },
  cache_hit_rate: { kind: 'cache', sizes: [0.3, 0.5, 0.8, 1], hours: 3 },
};

/** A moment of the past from which usage can go on otherwise. */
export interface ProbePoint {
  /** The history up to there, as `renderHistory` gives it. */
  readonly history: readonly Uint8Array[];
  readonly epochMs: number;
  /** What came afterwards, by step. */
  readonly following: readonly (readonly UsageMinute[])[];
}

/** Whether each level of a rule finds an injection. Levels are given from the one that tells most. */
export function probe(
  point: ProbePoint,
  options: {
    readonly levels: readonly TunableRule[];
    readonly feature: SeriesLabels;
    readonly injection: Injection;
    readonly stepMs: number;
    readonly hourOfWeek: HourOfWeek;
  },
): readonly boolean[] {
  const { levels, feature, injection, stepMs, hourOfWeek } = options;
  let history = parseHistory(point.history);
  const states: RuleState[] = levels.map(() => INITIAL_RULE_STATE);
  const isFound = levels.map(() => false);
  if (history === undefined) return isFound;
  let epochMs = point.epochMs;
  for (const minutes of point.following) {
    epochMs += stepMs;
    const input = {
      minutes: injectUsage(minutes, feature, injection),
      gaps: [],
      toEpochMs: epochMs,
    };
    history = advance(history, input, hourOfWeek);
    for (const [index, rule] of levels.entries()) {
      if (isFound[index] === true) continue;
      const result = step(rule, states[index] ?? INITIAL_RULE_STATE, {
        history,
        epochMs,
        hourOfWeek,
      });
      states[index] = result.state;
      isFound[index] = result.findings.some(({ labels }) => isAbove(labels, feature));
    }
    if (isFound.every(Boolean)) break;
  }
  return isFound;
}

/** A finding on the feature itself, on its service, or on everything. */
function isAbove(labels: Readonly<Partial<SeriesLabels>>, feature: SeriesLabels): boolean {
  if (labels.service === undefined) return true;
  if (labels.service !== feature.service) return false;
  return labels.feature === undefined || labels.feature === feature.feature;
}
