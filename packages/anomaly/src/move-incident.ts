import type { Finding } from './finding.ts';
import type { Incident, IncidentConfig, TransitionKind } from './incident.ts';
import { compareSeverity } from './rule-state.ts';

/** What one evaluation does to one incident; undefined: it is forgotten. */
export interface IncidentMove {
  readonly incident: Incident | undefined;
  readonly kind?: TransitionKind;
}

const HOUR_MS = 3_600_000;
/** Members that are instants of the past. */
const TIMES = [
  'startedEpochMs',
  'updatedEpochMs',
  'lastFoundEpochMs',
  'firedEpochMs',
  'resolvedEpochMs',
  'acknowledgedEpochMs',
  'milderSinceEpochMs',
  'lowHitRateSinceEpochMs',
] as const satisfies readonly (keyof Incident)[];

/** Opens an incident at its first finding. */
export function openIncident(
  finding: Finding,
  { key, epochMs }: { readonly key: string; readonly epochMs: number },
  config: IncidentConfig,
): IncidentMove {
  const pending: Incident = {
    id: `inc-${hashText(key)}-${Math.floor(epochMs / 60_000).toString(36)}`,
    key,
    state: 'pending',
    severity: finding.severity,
    startedEpochMs: Math.min(finding.sinceEpochMs, epochMs),
    updatedEpochMs: epochMs,
    lastFoundEpochMs: epochMs,
    changesEpochMs: [],
    sightings: 1,
    sequence: 0,
    finding,
    ...watch({}, finding, epochMs),
  };
  return isToldNow(pending, config) ? fire(pending, config) : { incident: pending };
}

/** Moves an incident that was found again. */
export function seeIncident(
  incident: Incident,
  finding: Finding,
  { epochMs, config }: { readonly epochMs: number; readonly config: IncidentConfig },
): IncidentMove {
  const { lowHitRateSinceEpochMs: _, ...known } = incident;
  const seen: Incident = {
    ...known,
    ...watch(incident, finding, epochMs),
    ...settleRatio(incident, finding, epochMs),
    finding,
    updatedEpochMs: epochMs,
    lastFoundEpochMs: epochMs,
    sightings: incident.sightings + 1,
  };
  if (incident.state === 'resolved') return seeResolved(incident, seen, config);
  const change = compareSeverity(finding.severity, incident.severity);
  if (incident.state === 'pending') {
    const severity = change > 0 ? finding.severity : incident.severity;
    const startedEpochMs = Math.min(finding.sinceEpochMs, epochMs);
    const pending = { ...seen, severity, startedEpochMs };
    return isToldNow(pending, config) ? fire(pending, config) : { incident: pending };
  }
  if (change > 0) return rise(seen);
  if (isSilenceOver(seen)) return fire(seen, config);
  if (change < 0) return fall(seen, config);
  return { incident: without(seen, 'milderSinceEpochMs') };
}

/** Moves an incident that was looked for and not found. */
export function missIncident(
  incident: Incident,
  epochMs: number,
  config: IncidentConfig,
): IncidentMove {
  if (incident.state === 'pending') return { incident: undefined };
  const quietMs = epochMs - incident.lastFoundEpochMs;
  if (incident.state === 'resolved') {
    const { isDismissed = false, resolvedEpochMs = 0 } = incident;
    const isOver = isDismissed
      ? quietMs >= config.holdMs
      : epochMs - resolvedEpochMs > config.reopenMs;
    return { incident: isOver ? undefined : incident };
  }
  const holdMs = incident.isFlapping ? config.flappingHoldMs : config.holdMs;
  const missed: Incident = { ...incident, updatedEpochMs: epochMs };
  if (quietMs < holdMs) return { incident: missed };
  return endIncident(missed, epochMs, config);
}

/** An incident whose last update lies ahead, as if that had been a minute ago; what came before keeps its distance. */
export function bringBack(incident: Incident, epochMs: number): Incident {
  const aheadMs = incident.updatedEpochMs - (epochMs - 60_000);
  const back = (at: number): number => (at > epochMs ? at - aheadMs : at);
  const times = TIMES.flatMap((name) => {
    const at = incident[name];
    return at === undefined ? [] : [[name, back(at)] as const];
  });
  const changesEpochMs = incident.changesEpochMs.map(back);
  return { ...incident, ...Object.fromEntries(times), changesEpochMs };
}

/** What cannot be seen is not over: the time of the gap does not count as quiet, and not as milder. */
export function holdIncident(incident: Incident, epochMs: number): IncidentMove {
  if (incident.state === 'resolved') return { incident };
  const passedMs = epochMs - incident.updatedEpochMs;
  const { milderSinceEpochMs } = incident;
  const held: Incident = {
    ...incident,
    updatedEpochMs: epochMs,
    lastFoundEpochMs: incident.lastFoundEpochMs + passedMs,
    ...(milderSinceEpochMs === undefined
      ? {}
      : { milderSinceEpochMs: milderSinceEpochMs + passedMs }),
  };
  return { incident: held };
}

/** Ends an open incident, unless that would be one change too many. */
function endIncident(incident: Incident, epochMs: number, config: IncidentConfig): IncidentMove {
  const changed = changeNow(incident);
  if (isFlappingNow(changed, config)) return flap(changed);
  const { firedEpochMs: _fired, isFlapping: _flaps, ...rest } = withoutWait(changed);
  return numbered({ ...rest, state: 'resolved', resolvedEpochMs: epochMs }, 'resolved');
}

function seeResolved(incident: Incident, seen: Incident, config: IncidentConfig): IncidentMove {
  const { updatedEpochMs: epochMs, finding } = seen;
  if (incident.isDismissed) {
    if (compareSeverity(finding.severity, incident.severity) <= 0) return { incident: seen };
  } else if (epochMs - (incident.resolvedEpochMs ?? 0) > config.reopenMs) {
    return openIncident(finding, { key: incident.key, epochMs }, config);
  }
  return fire({ ...seen, severity: finding.severity }, config);
}

function fire(incident: Incident, config: IncidentConfig): IncidentMove {
  const { resolvedEpochMs: _, isDismissed: __, isExpected: ___, ...rest } = withoutWait(incident);
  const isOpening = incident.state !== 'silenced';
  const open = isOpening ? changeNow(rest) : rest;
  const firing: Incident = {
    ...open,
    state: 'firing',
    firedEpochMs: incident.updatedEpochMs,
    ...ratioOf(incident.finding),
  };
  if (isOpening && isFlappingNow(firing, config)) return flap(firing);
  return numbered(firing, 'firing');
}

/** Worse is always told, and needs somebody anew. */
function rise(incident: Incident): IncidentMove {
  const { isExpected: _, ...rest } = withoutWait(changeNow(incident));
  const firing: Incident = {
    ...rest,
    state: 'firing',
    severity: incident.finding.severity,
    firedEpochMs: incident.updatedEpochMs,
  };
  return numbered(firing, 'escalated');
}

function fall(incident: Incident, config: IncidentConfig): IncidentMove {
  const { milderSinceEpochMs = incident.updatedEpochMs } = incident;
  const milder: Incident = { ...incident, milderSinceEpochMs };
  const isEarly = incident.updatedEpochMs - milderSinceEpochMs < config.fallMs;
  if (isEarly || incident.isFlapping) return { incident: milder };
  const changed = without(changeNow(milder), 'milderSinceEpochMs');
  if (isFlappingNow(changed, config)) return flap(changed);
  return numbered({ ...changed, severity: incident.finding.severity }, 'updated');
}

/** Rules that count instead of estimating, or have waited for minutes themselves: seeing it again proves nothing more. */
const FACTS: ReadonlySet<Finding['rule']> = new Set([
  'budget',
  'pipeline_gap',
  'coverage',
  'unpriced',
]);

/** Below this, caching costs more than it saves for long (article "Monitoring Token Spend in Real-Time"). */
const LOW_HIT_RATE = 0.5;

function watch(
  { lowHitRateSinceEpochMs }: Pick<Incident, 'lowHitRateSinceEpochMs'>,
  { rule, observed }: Finding,
  epochMs: number,
): Pick<Incident, 'lowHitRateSinceEpochMs'> {
  if (rule !== 'cache_hit_rate' || observed >= LOW_HIT_RATE) return {};
  return { lowHitRateSinceEpochMs: lowHitRateSinceEpochMs ?? epochMs };
}

/** The shortest window that rules look at: only then is it full of what began. */
const FILLING_MS = 5 * 60_000;

/** While windows fill, the ratio grows by itself; what it reaches by then is where growth is measured from. */
function settleRatio(
  { firedEpochMs, firedRatio }: Incident,
  finding: Finding,
  epochMs: number,
): Pick<Incident, 'firedRatio'> {
  if (firedEpochMs === undefined || epochMs - firedEpochMs > FILLING_MS) return {};
  const { firedRatio: now = 0 } = ratioOf(finding);
  return now > (firedRatio ?? 0) ? { firedRatio: now } : {};
}

function ratioOf({ observed, expected }: Finding): Pick<Incident, 'firedRatio'> {
  return expected.mid > 0 ? { firedRatio: observed / expected.mid } : {};
}

function flap(incident: Incident): IncidentMove {
  return numbered({ ...incident, isFlapping: true }, 'flapping');
}

function isFlappingNow(incident: Incident, config: IncidentConfig): boolean {
  return !incident.isFlapping && incident.changesEpochMs.length > config.mostChangesPerHour;
}

function changeNow(incident: Incident): Incident {
  const { updatedEpochMs: epochMs } = incident;
  const recent = incident.changesEpochMs.filter((at) => epochMs - at < HOUR_MS);
  return { ...incident, changesEpochMs: [...recent, epochMs] };
}

function numbered(incident: Incident, kind: TransitionKind): IncidentMove {
  return { incident: { ...incident, sequence: incident.sequence + 1 }, kind };
}

/** Without what somebody's command left behind. */
function withoutWait(incident: Incident): Incident {
  const {
    acknowledgedEpochMs: _,
    silencedUntilEpochMs: __,
    milderSinceEpochMs: ___,
    ...rest
  } = incident;
  return rest;
}

function without(incident: Incident, name: 'milderSinceEpochMs'): Incident {
  const { [name]: _, ...rest } = incident;
  return rest;
}

function isSilenceOver({ state, silencedUntilEpochMs, updatedEpochMs }: Incident): boolean {
  if (state !== 'silenced' || silencedUntilEpochMs === undefined) return false;
  return updatedEpochMs >= silencedUntilEpochMs;
}

function isToldNow({ sightings, finding }: Incident, config: IncidentConfig): boolean {
  if (FACTS.has(finding.rule)) return true;
  return sightings >= config.sightings || finding.score >= config.certainScore;
}

/** FNV-1a over UTF-16 units, twice with different offsets: 64 bits as hexadecimal text. Not for secrets. */
function hashText(text: string): string {
  let high = 0x811c9dc5;
  let low = 0x01000193;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x01000193) >>> 0;
    low = Math.imul(low ^ (unit + index), 0x85ebca6b) >>> 0;
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
