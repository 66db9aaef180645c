import type { Io } from '../io.ts';
import type { BacktestReport } from './backtest-report.ts';
import { IncidentLog, summarizeRules } from './incident-log.ts';
import type { OpenReplay } from './open-replay.ts';
import { type ReplayedTransition, replay } from './replay.ts';
import type { ReplaySource } from './replay-source.ts';
import { UsageLog } from './usage-log.ts';

const WEEK_MS = 7 * 86_400_000;
const PROGRESS_EVERY_MS = 200;

/** Replays a source and collects what reports show. Progress goes to a terminal's standard error. */
export async function runReplay(
  { source, rules, timeZone }: OpenReplay,
  options: { readonly onTransition?: (change: ReplayedTransition) => void },
  io: Io,
): Promise<BacktestReport> {
  const { feed, stepMs } = source;
  const incidents = new IncidentLog();
  const usage = new UsageLog(feed.fromEpochMs);
  const progress = createProgress(feed, io);
  await replay({
    feed,
    rules: rules.rules,
    coverageRule: rules.coverageRule,
    pipelineRule: rules.pipelineRule,
    hourOfWeek: rules.hourOfWeek,
    plannedEvents: rules.plannedEvents,
    stepMs,
    signal: io.stop,
    onTransition(change) {
      incidents.note(change);
      options.onTransition?.(change);
    },
    onStep(step) {
      incidents.add(step);
      usage.add(step);
      progress(step.toEpochMs);
    },
  });
  progress(undefined);
  const ofSource = feed.isWatched === true ? [rules.coverageRule, rules.pipelineRule] : [];
  const names = [...rules.rules, ...ofSource].map((rule) => rule.name);
  const weeks = (usage.toEpochMs - feed.fromEpochMs) / WEEK_MS;
  return {
    source: source.name,
    fromEpochMs: feed.fromEpochMs,
    toEpochMs: usage.toEpochMs,
    stepMs,
    timeZone,
    usage,
    incidents: incidents.list(),
    rules: summarizeRules(names, incidents.list(), weeks),
    remarks: source.remarks,
  };
}

/** Shows how far the replay is, at most five times a second; undefined clears the line. */
function createProgress(
  feed: ReplaySource['feed'],
  io: Io,
): (toEpochMs: number | undefined) => void {
  if (!io.isErrorTerminal) return () => undefined;
  let shownMs = 0;
  return (toEpochMs) => {
    if (toEpochMs === undefined) {
      io.stderr('\r\u001b[K');
      return;
    }
    if (performance.now() - shownMs < PROGRESS_EVERY_MS) return;
    shownMs = performance.now();
    const share = (toEpochMs - feed.fromEpochMs) / (feed.toEpochMs - feed.fromEpochMs);
    const day = new Date(toEpochMs).toISOString().slice(0, 10);
    io.stderr(`\r\u001b[Kreplaying ${day}: ${Math.round(share * 100)} %`);
  };
}
