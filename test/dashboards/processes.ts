/** One process that counts calls of one feature on one model. Times are minutes of the day. */
export interface Process {
  readonly instance: string;
  readonly feature: string;
  readonly model: string;
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Minutes without any push; the process goes on counting. */
  readonly gap?: readonly [number, number];
  readonly callsPerMinute: number;
}

/** Length of the day. */
export const DAY_MINUTES = 1440;
const SECONDS_PER_SAMPLE = 30;

/** Births, restarts under new and under the same instance, replicas, silences of minutes and hours, a job seen once. */
export const PROCESSES: readonly Process[] = [
  {
    instance: 'a1',
    feature: 'chat',
    model: 'gpt-4o',
    fromMinute: 0,
    toMinute: 700,
    callsPerMinute: 6,
  },
  {
    instance: 'a2',
    feature: 'chat',
    model: 'gpt-4o',
    fromMinute: 701,
    toMinute: 1440,
    callsPerMinute: 6,
  },
  {
    instance: 'b1',
    feature: 'chat',
    model: 'gpt-4o',
    fromMinute: 0,
    toMinute: 1440,
    callsPerMinute: 4,
  },
  {
    instance: 'c1',
    feature: 'search',
    model: 'claude-opus-5-5',
    fromMinute: 333,
    toMinute: 1440,
    callsPerMinute: 2,
    gap: [500, 690],
  },
  {
    instance: 'd1',
    feature: 'search',
    model: 'claude-opus-5-5',
    fromMinute: 10,
    toMinute: 1440,
    callsPerMinute: 3,
    gap: [900, 918],
  },
  {
    instance: 'f1',
    feature: 'mail',
    model: 'gpt-4o-mini',
    fromMinute: 40,
    toMinute: 300,
    callsPerMinute: 30,
  },
  {
    instance: 'f1',
    feature: 'mail',
    model: 'gpt-4o-mini',
    fromMinute: 302,
    toMinute: 800,
    callsPerMinute: 30,
  },
  {
    instance: 'e1',
    feature: 'report',
    model: 'gpt-4o-mini',
    fromMinute: 600,
    toMinute: 600.5,
    callsPerMinute: 900,
  },
  ...Array.from({ length: 40 }, (_, index) => ({
    instance: `r${index}`,
    feature: 'batch',
    model: 'gpt-4o-mini',
    fromMinute: 20 + index * 33,
    toMinute: 20 + index * 33 + 31,
    callsPerMinute: 5,
  })),
];

const USD_PER_CALL: Readonly<Record<string, number>> = {
  'gpt-4o': 0.0125,
  'gpt-4o-mini': 0.0005,
  'claude-opus-5-5': 0.03,
};

/** What a process had counted at one time. */
export interface Point {
  readonly epochSeconds: number;
  readonly calls: number;
}

/** The samples of a process of the day that begins at `midnight` (epoch seconds). */
export function pointsOf(process: Process, midnight: number): readonly Point[] {
  const points: Point[] = [];
  const last = Math.min(process.toMinute, DAY_MINUTES);
  for (let minute = process.fromMinute; minute <= last; minute += SECONDS_PER_SAMPLE / 60) {
    const isSilent =
      process.gap !== undefined && minute > process.gap[0] && minute < process.gap[1];
    if (isSilent) continue;
    const calls = Math.round((minute - process.fromMinute + 1) * process.callsPerMinute);
    points.push({ epochSeconds: midnight + minute * 60, calls });
  }
  return points;
}

/** USD of one call of a process. */
export function usdPerCall({ model }: Process): number {
  return USD_PER_CALL[model] ?? 0;
}
