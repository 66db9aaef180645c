import type { Finding } from './finding.ts';
import { isNear, isRestOf, scopeKeyOf, type ToldScopes } from './near.ts';
import { INITIAL_RULE_STATE, type RuleState, type StepResult } from './rule-state.ts';
import type { Rule } from './rules.ts';
import { type StepInput, step } from './step.ts';
import { HOUR_MS } from './time.ts';
import { type Causes, withSeverityOfCost, yieldToCause } from './yield-to-cause.ts';

/** The states of all rules by name and place. Plain data that survives JSON; `{}` to begin with. */
export type RuleStates = Readonly<Record<string, RuleState>>;

/** What one evaluation of all rules says. */
export interface Evaluation {
  readonly states: RuleStates;
  readonly findings: readonly Finding[];
  /** Names of rules that could not tell: their incidents neither advance nor end. */
  readonly unknownRules: ReadonlySet<string>;
}

/**
 * Evaluates rules at one instant, up to which the history has been advanced.
 *
 * One excess is told once: `slow_burn` is quiet where `volume` tells, and above and below it in the hierarchy unless it is an
 * excess of its own, and for 48 hours after either told of the same scope; `volume` is quiet where `slow_burn` told first, unless
 * the excess becomes critical; `cost_per_request` is quiet where another model or a lost cache makes calls dear and `model_drift` or
 * `cache_hit_rate` tells that, then at least as severe.
 */
export function evaluateRules(
  rules: readonly Rule[],
  states: RuleStates,
  input: StepInput,
): Evaluation {
  const next: Record<string, RuleState> = {};
  let findings: Finding[] = [];
  const unknownRules = new Set<string>();
  const ordered = [...rules.entries()].sort(([, a], [, b]) => rank(a) - rank(b));
  for (const [index, rule] of ordered) {
    const key = keyOf(rules, index, rule);
    const before = states[key] ?? INITIAL_RULE_STATE;
    const result = step(rule, before, input);
    if (result.isUnknown) unknownRules.add(rule.name);
    if (rule.name === 'volume') {
      const kept = volumeToTell(result, before, { ...input, states });
      next[key] = keepActive(result.state, kept);
      findings.push(...kept);
    } else if (rule.name === 'slow_burn') {
      const slow = slowBurnToTell(result, before, { ...input, findings });
      next[key] = keepActive(slow.state, slow.findings);
      findings.push(...slow.findings);
    } else if (rule.name === 'cost_per_request') {
      const causes = { ...input, findings, drift: driftOf(rules, next) };
      const { state, findings: kept } = yieldToCause(result, before, causes);
      next[key] = state;
      findings = [...withSeverityOfCost(findings, before, state), ...kept];
    } else {
      next[key] = result.state;
      findings.push(...result.findings);
    }
  }
  return { states: next, findings, unknownRules };
}

/** Without what slow burn tells already, and what is left of something above that was told. */
function volumeToTell(
  { findings }: StepResult,
  before: RuleState,
  { states, history }: StepInput & { readonly states: RuleStates },
): Finding[] {
  const slow = toldBy(states, 'slow_burn');
  const ended = endsOf(states);
  const told = new Set([...findings.map(scopeKeyOf), ...slow.keys()]);
  return findings.filter((one) => {
    if (one.severity === 'warning' && isNear(one, slow, { history })) return false;
    return isToldAlready(one, before) || !isRestOf(one, ended, { history, told });
  });
}

/** Without what volume tells, or was told lately. */
function slowBurnToTell(
  result: StepResult,
  before: RuleState,
  { epochMs, history, ...input }: StepInput & { readonly findings: readonly Finding[] },
): { readonly state: RuleState; readonly findings: readonly Finding[] } {
  const volume: ToldScopes = new Map(
    input.findings
      .filter((one) => one.rule === 'volume' && one.severity !== 'info')
      .map((one) => [scopeKeyOf(one), one.sinceEpochMs]),
  );
  const ended = lastTold(before, [...volume.keys()], epochMs);
  const told = new Set([...volume.keys(), ...result.findings.map(scopeKeyOf)]);
  const findings = result.findings.filter((one) => {
    if (isNear(one, volume, { history })) return false;
    if (isToldAlready(one, before)) return true;
    return ended[scopeKeyOf(one)] === undefined && !isRestOf(one, ended, { history, told });
  });
  return { state: withEnds(result.state, ended), findings };
}

function isToldAlready(finding: Finding, { active }: RuleState): boolean {
  return active[scopeKeyOf(finding)] !== undefined;
}

/** Slow burn remembers the ends of both rules; of several of its name, the first. */
function endsOf(states: RuleStates): Readonly<Record<string, number>> {
  return states[nthKey('slow_burn', 0)]?.ended ?? {};
}

/** Volume before slow burn, and causes before the cost of calls; else as given. */
function rank(rule: Rule): number {
  if (rule.name === 'cost_per_request') return 2;
  return rule.name === 'volume' ? 0 : 1;
}

function driftOf(rules: readonly Rule[], states: RuleStates): Causes['drift'] {
  for (const [index, rule] of rules.entries()) {
    if (rule.name !== 'model_drift') continue;
    return { rule, state: states[keyOf(rules, index, rule)] ?? INITIAL_RULE_STATE };
  }
  return undefined;
}

/** Rules of one name, as budgets are, are told apart by their number. */
function keyOf(rules: readonly Rule[], index: number, rule: Rule): string {
  const before = rules.slice(0, index).filter((one) => one.name === rule.name).length;
  return nthKey(rule.name, before);
}

function nthKey(name: Rule['name'], before: number): string {
  return `${name} ${before}`;
}

/** What still is high so long after it was told is the same excess, whose longer windows are only now sure of it. */
const TAIL_MS = 48 * HOUR_MS;

/** When an excess of each scope was told last, by this rule or by `volume`. */
function lastTold(
  before: RuleState,
  volume: readonly string[],
  epochMs: number,
): Readonly<Record<string, number>> {
  const past = Object.entries(before.ended ?? {}).filter(
    ([, at]) => at <= epochMs && epochMs - at < TAIL_MS,
  );
  const now = [...volume, ...Object.keys(before.active)].map((key) => [key, epochMs] as const);
  return Object.fromEntries([...past, ...now]);
}

function withEnds(
  { ended: _, ...state }: RuleState,
  ended: Readonly<Record<string, number>>,
): RuleState {
  return Object.keys(ended).length === 0 ? state : { ...state, ended };
}

function toldBy(states: RuleStates, name: string): ToldScopes {
  const told = Object.entries(states)
    .filter(([key]) => key.startsWith(`${name} `))
    .flatMap(([, state]) => Object.entries(state.active));
  return new Map(told.map(([key, { sinceEpochMs }]) => [key, sinceEpochMs]));
}

function keepActive(state: RuleState, findings: readonly Finding[]): RuleState {
  const kept = new Set(findings.map(scopeKeyOf));
  const active = Object.entries(state.active).filter(([key]) => kept.has(key));
  if (active.length === Object.keys(state.active).length) return state;
  return { ...state, active: Object.fromEntries(active) };
}
