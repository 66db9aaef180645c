import type { HrTime } from '@opentelemetry/api';

/** Seconds and nanoseconds since the epoch, of milliseconds with microseconds behind the point. */
export function hrTime(epochMs: number): HrTime {
  const seconds = Math.trunc(epochMs / 1000);
  return [seconds, Math.min(999_999_999, Math.round((epochMs - seconds * 1000) * 1e6))];
}
