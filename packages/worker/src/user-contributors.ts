import type { Contributor, Finding } from '@tokenmeter/anomaly';
import type { Judgement } from './incidents/incident-book.ts';
import type { MetricSource } from './ports.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** What is told again is asked again so seldom: who it is hardly changes while it lasts. */
const ASK_EVERY_MS = 10 * MINUTE_MS;
const KEPT_MS = 24 * HOUR_MS;
const LONGEST_MS = 24 * HOUR_MS;
/** All questions of one evaluation together. */
const PATIENCE_MS = 5000;
const MOST_QUESTIONS = 10;
const MOST_USERS = 2;
const LEAST_SHARE = 0.05;

/** Rules whose excess is somebody's. */
const ASKED: ReadonlySet<Finding['rule']> = new Set([
  'volume',
  'slow_burn',
  'cost_per_request',
  'model_drift',
]);

/**
 * Adds the users who contribute most to what is found, where the source knows users. A source that does not answer in time
 * or fails adds nobody; nothing else waits for it longer than five seconds.
 */
export class UserContributors {
  readonly #source: Pick<MetricSource, 'readUserContributors'>;
  readonly #known = new Map<string, { epochMs: number; users: readonly Contributor[] }>();

  constructor(source: Pick<MetricSource, 'readUserContributors'>) {
    this.#source = source;
  }

  /** The same judgement with users. Never rejects. */
  async add<J extends Judgement | undefined>(judgement: J, stop: AbortSignal): Promise<J> {
    if (judgement === undefined || this.#source.readUserContributors === undefined)
      return judgement;
    const { epochMs } = judgement;
    const due = judgement.findings.filter((finding) => this.#isDue(finding, epochMs));
    if (due.length > 0) await this.#ask(due.slice(0, MOST_QUESTIONS), epochMs, stop);
    const findings = judgement.findings.map((finding) => {
      const users = this.#known.get(keyOf(finding))?.users ?? [];
      return users.length === 0
        ? finding
        : { ...finding, contributors: merged(finding.contributors, users) };
    });
    return { ...judgement, findings };
  }

  #isDue(finding: Finding, epochMs: number): boolean {
    if (!ASKED.has(finding.rule)) return false;
    const known = this.#known.get(keyOf(finding));
    return known === undefined || epochMs - known.epochMs >= ASK_EVERY_MS;
  }

  async #ask(findings: readonly Finding[], epochMs: number, stop: AbortSignal): Promise<void> {
    for (const [key, known] of this.#known) {
      if (epochMs - known.epochMs >= KEPT_MS) this.#known.delete(key);
    }
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const signal = AbortSignal.any([stop, patience]);
    const late = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    for (const finding of findings) {
      if (signal.aborted) return;
      const users = await Promise.race([this.#usersOf(finding, epochMs, signal), late]);
      if (users !== undefined) this.#known.set(keyOf(finding), { epochMs, users });
    }
  }

  async #usersOf(
    finding: Finding,
    epochMs: number,
    signal: AbortSignal,
  ): Promise<readonly Contributor[]> {
    const fromEpochMs = Math.max(epochMs - LONGEST_MS, finding.sinceEpochMs);
    const range = { fromEpochMs: Math.min(fromEpochMs, epochMs - MINUTE_MS), toEpochMs: epochMs };
    try {
      const query = { ...range, labels: finding.labels, signal };
      const users = (await this.#source.readUserContributors?.(query)) ?? [];
      return users.filter(({ share }) => share >= LEAST_SHARE).slice(0, MOST_USERS);
    } catch {
      return [];
    }
  }
}

function keyOf({ rule, labels }: Finding): string {
  return JSON.stringify([rule, labels]);
}

/** By share; users come last where shares are equal. */
function merged(
  contributors: readonly Contributor[],
  users: readonly Contributor[],
): readonly Contributor[] {
  const others = contributors.filter(({ dimension }) => dimension !== 'user');
  return [...others, ...users].sort((a, b) => b.share - a.share);
}
