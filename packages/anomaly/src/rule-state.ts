import type { Finding, Severity } from './finding.ts';
import { HOUR_MS, MINUTE_MS } from './time.ts';

/** A scope that the rule holds to be wrong since some time. */
export interface ActiveScope {
  readonly sinceEpochMs: number;
  readonly severity: Severity;
  /** Model in which the excess sat when it was first told; absent where it was more than one's. */
  readonly model?: string;
  /** The observed figure over the usual one, or the observed rate: what its end is told from. Absent where unused. */
  readonly size?: number;
}

/** What a rule remembers between evaluations. Plain data that survives JSON. */
export interface RuleState {
  readonly active: Readonly<Record<string, ActiveScope>>;
  /** When each finding that is told once was told, 0 while it may yet be; absent without any. */
  readonly told?: Readonly<Record<string, number>>;
  /** When what was told of a scope ended: windows that reach further back would tell it again. Absent without any. */
  readonly ended?: Readonly<Record<string, number>>;
  /** By scope, what is not told because its cause is, or may yet be. Absent without any. */
  readonly held?: Readonly<Record<string, HeldScope>>;
}

/** What another rule tells of a scope, or may soon. */
export interface HeldScope {
  readonly sinceEpochMs: number;
  readonly lastEpochMs: number;
  /** The worst that it was. */
  readonly severity: Severity;
  /** What is told instead: a rule, and for a model its name. Absent while nothing is. */
  readonly cause?: string;
}

/** What one evaluation of a rule says. */
export interface StepResult {
  readonly state: RuleState;
  readonly findings: readonly Finding[];
  /** True when gaps leave too little of the last 20 minutes: nothing is claimed and nothing may resolve. */
  readonly isUnknown: boolean;
}

/** A finding with its place in the hierarchy, before it is decided at which level to tell. */
export interface Candidate {
  readonly scopeKey: string;
  readonly parentKey: string | undefined;
  readonly finding: Finding;
  /** Size of the excess in a unit that is comparable between parent and child. */
  readonly excess: number;
  /** What was expected, in the same unit; absent where it has no meaning. */
  readonly expected?: number;
  /** See `ActiveScope.size`. */
  readonly size?: number;
}

/** While an onset lies so near, what follows it still shows better when it was. */
const SETTLING_MS = 45 * MINUTE_MS;

/** When it began: as it was told, or as it is known better by now. */
export function settleOnset(
  active: ActiveScope | undefined,
  epochMs: number,
  estimate: () => number,
): number {
  const isSettled = active !== undefined && epochMs - active.sinceEpochMs > SETTLING_MS;
  return isSettled ? active.sinceEpochMs : estimate();
}

/** The state after an evaluation told `candidates`. The same value when nothing was told before or now. */
export function nextState(state: RuleState, candidates: readonly Candidate[]): RuleState {
  if (candidates.length === 0 && isEmpty(state.active)) return state;
  const active: Record<string, ActiveScope> = {};
  for (const { scopeKey, finding, size } of candidates) {
    const { sinceEpochMs, severity, labels } = finding;
    const model = labels.model === undefined ? {} : { model: labels.model };
    active[scopeKey] = { sinceEpochMs, severity, ...model, ...(size !== undefined && { size }) };
  }
  return { ...state, active };
}

/** No window reaches further back. */
const KEPT_ENDS_MS = 25 * HOUR_MS;

/** As `nextState`, and when each scope that is no longer told was told last. */
export function rememberEnds(
  state: RuleState,
  candidates: readonly Candidate[],
  epochMs: number,
): RuleState {
  const next = nextState(state, candidates);
  const over = Object.keys(state.active).filter((key) => next.active[key] === undefined);
  if (over.length === 0 && state.ended === undefined) return next;
  const ended = Object.entries(state.ended ?? {}).filter(
    ([, at]) => epochMs - at < KEPT_ENDS_MS && at <= epochMs,
  );
  for (const key of over) ended.push([key, epochMs]);
  const { ended: _, ...rest } = next;
  return ended.length === 0 ? rest : { ...rest, ended: Object.fromEntries(ended) };
}

/** As `rememberEnds`, and when each finding was first told; 0 for what may be told once more is known. */
export function rememberTold(
  state: RuleState,
  candidates: readonly Candidate[],
  now: { readonly epochMs: number; readonly pending: readonly string[] },
): RuleState {
  const next = rememberEnds(state, candidates, now.epochMs);
  if (candidates.length === 0 && now.pending.length === 0) return next;
  const told: Record<string, number> = { ...state.told };
  for (const key of now.pending) told[key] ??= 0;
  for (const { scopeKey } of candidates) {
    if (!((told[scopeKey] ?? 0) > 0)) told[scopeKey] = now.epochMs;
  }
  return { ...next, told };
}

function isEmpty(record: Readonly<Record<string, unknown>>): boolean {
  for (const _ in record) return false;
  return true;
}

/** The state of a rule that has found nothing yet. */
export const INITIAL_RULE_STATE: RuleState = { active: {} };

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

/** Orders severities: positive when `a` is worse. */
export function compareSeverity(a: Severity, b: Severity): number {
  return RANK[a] - RANK[b];
}

/** Share of an excess that sits below for it to be told there. */
export const EXPLAINED_SHARE = 0.6;
const MANY_CHILDREN = 3;
/** Fewer than this share of its children are not what a scope consists of, however many they are. */
const SPREAD_SHARE = 0.2;
/** Without what is already told below, so much more than expected is no excess of its own. */
const USUAL_REST = 0.5;

/** How many of so many children are what their scope consists of. */
export function manyOf(children: number): number {
  return Math.max(MANY_CHILDREN, SPREAD_SHARE * children);
}

/** True when an excess is hardly more than what of it is told below. */
export function isToldBelow(
  { excess, expected = 0 }: { readonly excess: number; readonly expected?: number },
  below: number,
): boolean {
  return below >= EXPLAINED_SHARE * excess || excess - below < USUAL_REST * expected;
}

/** What choosing a level asks of the history. */
export interface Hierarchy {
  /** How many children a scope has. */
  readonly childrenOf: (scopeKey: string) => number;
  /** Excess of a scope in the window of another candidate, in the unit of `Candidate.excess`. */
  readonly excessIn: (scopeKey: string, window: Candidate) => number;
  /** True where a scope below one that is told goes wrong by itself. */
  readonly isApart: (child: Candidate, parent: Candidate, told: ActiveScope) => boolean;
}

/**
 * Chooses the level at which an excess is told: at its children when one or two of them, or less than a fifth of them,
 * explain 60 % of it, else at the parent. A child already told stays told; children of a parent that is told are
 * contributors, not more alerts, unless they go wrong by themselves.
 */
export function chooseLevel(
  candidates: readonly Candidate[],
  state: RuleState,
  hierarchy: Hierarchy,
): Candidate[] {
  const dropped = new Set<string>();
  for (const level of ['service', 'total'] as const) {
    for (const parent of candidates) {
      if (levelOf(parent) === level) settle(parent, candidates, { state, dropped, hierarchy });
    }
  }
  return candidates.filter((candidate) => !dropped.has(candidate.scopeKey));
}

function levelOf(candidate: Candidate): 'total' | 'service' | 'feature' {
  if (candidate.parentKey === undefined) return 'total';
  return candidate.parentKey === 'total' ? 'service' : 'feature';
}

function settle(
  parent: Candidate,
  candidates: readonly Candidate[],
  {
    state,
    dropped,
    hierarchy,
  }: {
    readonly state: RuleState;
    readonly dropped: Set<string>;
    readonly hierarchy: Hierarchy;
  },
): void {
  const below = descendants(parent, candidates).filter((one) => !dropped.has(one.scopeKey));
  // What is told by a long window may be more in the short one of its parent.
  const explained = below.reduce(
    (sum, child) =>
      state.active[child.scopeKey] === undefined
        ? sum + child.excess
        : sum + Math.max(child.excess, hierarchy.excessIn(child.scopeKey, parent)),
    0,
  );
  const told = state.active[parent.scopeKey];
  const isSpread = below.length >= manyOf(hierarchy.childrenOf(parent.scopeKey));
  const areTold = below.some((child) => state.active[child.scopeKey] !== undefined);
  const isExplained = areTold
    ? isToldBelow(parent, explained)
    : explained >= EXPLAINED_SHARE * parent.excess;
  if (isExplained && told === undefined && (!isSpread || areTold)) {
    dropped.add(parent.scopeKey);
    return;
  }
  for (const child of below) {
    if (state.active[child.scopeKey] !== undefined) continue;
    if (told === undefined || !hierarchy.isApart(child, parent, told)) dropped.add(child.scopeKey);
  }
}

function descendants(parent: Candidate, candidates: readonly Candidate[]): Candidate[] {
  const children = candidates.filter((one) => one.parentKey === parent.scopeKey);
  return levelOf(parent) === 'service' ? children : grandchildren(children, candidates);
}

/** Below the total: services that are told, and features of services that are not. */
function grandchildren(
  children: readonly Candidate[],
  candidates: readonly Candidate[],
): Candidate[] {
  const features = candidates.filter((one) => levelOf(one) === 'feature');
  return [...children, ...features];
}
