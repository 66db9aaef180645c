/** A fixed stretch of time, instead of one that ends now. Links in alerts show the time of the incident by it. */
export interface TimeSpan {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
}

const LATEST = 8.64e15;
const HOUR_SECONDS = 3600;
const MINUTE_MS = 60_000;
/** Steps of the chart by the length of the stretch, so that it has at most about 200 of them. */
const STEPS: readonly (readonly [hours: number, stepSeconds: number])[] = [
  [3, 60],
  [16, 300],
  [66, 1200],
  [600, 10_800],
  [1200, 21_600],
];

function readEpoch(text: string | null): number | undefined {
  const value = text !== null && /^\d{1,16}$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value <= LATEST ? value : undefined;
}

/** Reads `from` and `to`, in epoch milliseconds; undefined unless both are there, in order and a minute apart. */
export function parseTimeSpan(query: URLSearchParams): TimeSpan | undefined {
  const fromEpochMs = readEpoch(query.get('from'));
  const toEpochMs = readEpoch(query.get('to'));
  if (fromEpochMs === undefined || toEpochMs === undefined) return undefined;
  return toEpochMs - fromEpochMs >= MINUTE_MS ? { fromEpochMs, toEpochMs } : undefined;
}

/** True for the same stretch, or for none on either side. */
export function isSameSpan(left: TimeSpan | undefined, right: TimeSpan | undefined): boolean {
  return left?.fromEpochMs === right?.fromEpochMs && left?.toEpochMs === right?.toEpochMs;
}

/** Whole buckets that cover the stretch. */
export function bucketsOf(span: TimeSpan): TimeSpan & { readonly stepSeconds: number } {
  const hours = (span.toEpochMs - span.fromEpochMs) / 1000 / HOUR_SECONDS;
  const stepSeconds = STEPS.find(([most]) => hours <= most)?.[1] ?? 86_400;
  const stepMs = stepSeconds * 1000;
  return {
    fromEpochMs: Math.floor(span.fromEpochMs / stepMs) * stepMs,
    toEpochMs: Math.ceil(span.toEpochMs / stepMs) * stepMs,
    stepSeconds,
  };
}
