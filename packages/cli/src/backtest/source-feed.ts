import type {
  Contributor,
  CoverageMinute,
  Gap,
  SeriesLabels,
  UsageMinute,
} from '@tokenmeter/anomaly';
import type { MetricSource, UserQuery } from '@tokenmeter/worker';
import { CommandError } from '../io.ts';
import type { ReplayFeed } from './replay-feed.ts';

const HOUR_MS = 3_600_000;

/** Creates a feed that reads a source in pieces as the replay goes on. Its reads throw a `CommandError` when one fails. */
export function createSourceFeed(
  source: MetricSource,
  range: { readonly fromEpochMs: number; readonly toEpochMs: number; readonly stepMs: number },
  signal: AbortSignal,
): ReplayFeed {
  const { toEpochMs, stepMs } = range;
  const fromEpochMs = Math.floor(range.fromEpochMs / HOUR_MS) * HOUR_MS;
  // Sources know short stretches by the minute and long ones by five minutes.
  const pieceMs = stepMs < 5 * 60_000 ? HOUR_MS : 24 * HOUR_MS;
  const intern = createIntern();
  let rows: readonly UsageMinute[] = [];
  let gaps: readonly Gap[] = [];
  let coverage: readonly CoverageMinute[] = [];
  let next = 0;
  let readTo = fromEpochMs;
  const readPiece = async (): Promise<void> => {
    const end = Math.min(readTo + pieceMs, toEpochMs);
    const read = await source.read({ fromEpochMs: readTo, toEpochMs: end, signal });
    if (!read.ok) throw new CommandError(`source ${source.name}: ${read.reason}`);
    rows = read.minutes
      .map((minute) => ({ ...minute, labels: intern(minute.labels) }))
      .sort((a, b) => a.minuteEpochMs - b.minuteEpochMs);
    const known = read.watermarkEpochMs;
    const kept = coverage.filter(({ minuteEpochMs }) => minuteEpochMs >= readTo - HOUR_MS);
    coverage = [...kept, ...(read.coverage ?? [])];
    gaps = known < end ? [...read.gaps, { fromEpochMs: known, toEpochMs: end }] : read.gaps;
    next = 0;
    readTo = end;
  };
  return {
    fromEpochMs,
    toEpochMs: Math.floor(toEpochMs / stepMs) * stepMs,
    isWatched: true,
    ...(source.readUserContributors !== undefined && {
      readUserContributors: (query: UserQuery) => readUsers(source, query),
    }),
    async next(until) {
      const minutes: UsageMinute[] = [];
      for (;;) {
        for (
          let row = rows[next];
          row !== undefined && row.minuteEpochMs < until;
          row = rows[next]
        ) {
          minutes.push(row);
          next += 1;
        }
        if (next < rows.length || readTo >= Math.min(until, toEpochMs))
          return { minutes, gaps, coverage };
        await readPiece();
      }
    },
  };
}

async function readUsers(source: MetricSource, query: UserQuery): Promise<readonly Contributor[]> {
  return (await source.readUserContributors?.(query)) ?? [];
}

/** One object for the same labels, by which a series is known at once. */
function createIntern(): (labels: SeriesLabels) => SeriesLabels {
  const known = new Map<string, SeriesLabels>();
  return (labels) => {
    const { service, environment, feature, team, provider, model } = labels;
    const key = JSON.stringify([service, environment, feature, team, provider, model]);
    const first = known.get(key);
    if (first === undefined) known.set(key, labels);
    return first ?? labels;
  };
}
