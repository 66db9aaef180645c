/** One sample of a cumulative counter in integer units, at an epoch time in milliseconds. */
export interface CounterSample {
  readonly epochMs: number;
  readonly value: bigint;
}

/** A correction of the usage in the minute that holds `epochMs`. Negative when a late sample moves usage to an earlier minute. */
export interface CounterChange {
  readonly epochMs: number;
  readonly amount: bigint;
}

/** How many samples of a series are kept to place late ones. */
export const SAMPLES_KEPT = 32;

/** Recent samples of one raw series, ascending by time, then by value. `isComplete` until the first sample was dropped. */
export interface CounterWindow {
  readonly samples: CounterSample[];
  isComplete: boolean;
}

/** A window without samples: the next value counts in full. */
export function createCounterWindow(): CounterWindow {
  return { samples: [], isComplete: true };
}

function increase(before: CounterSample | undefined, after: CounterSample): bigint {
  if (before === undefined || after.value < before.value) return after.value;
  return after.value - before.value;
}

function positionOf(samples: readonly CounterSample[], sample: CounterSample): number {
  let position = samples.length;
  while (position > 0) {
    const before = samples[position - 1];
    if (before === undefined) break;
    if (before.epochMs < sample.epochMs) break;
    if (before.epochMs === sample.epochMs && before.value <= sample.value) break;
    position -= 1;
  }
  return position;
}

function isAt(samples: readonly CounterSample[], position: number, sample: CounterSample): boolean {
  const before = samples[position - 1];
  return before?.epochMs === sample.epochMs && before.value === sample.value;
}

function keep(window: CounterWindow, position: number, sample: CounterSample): void {
  window.samples.splice(position, 0, sample);
  if (window.samples.length <= SAMPLES_KEPT) return;
  window.samples.shift();
  window.isComplete = false;
}

/**
 * Adds one cumulative sample and says how usage changes, so that any order of arrival and any repetition end in the
 * usage that the samples in order of time give: `v` for the first, `v` after a fall (the counter began anew), else the
 * difference. A sample older than all kept ones of a series that already lost some is dropped: a later sample has
 * counted it.
 */
export function addCumulative(window: CounterWindow, sample: CounterSample): CounterChange[] {
  const { samples } = window;
  const position = positionOf(samples, sample);
  if (isAt(samples, position, sample)) return [];
  if (position === 0 && !window.isComplete) return [];
  const before = samples[position - 1];
  const after = samples[position];
  const changes: CounterChange[] = [{ epochMs: sample.epochMs, amount: increase(before, sample) }];
  if (after !== undefined) {
    const amount = increase(sample, after) - increase(before, after);
    changes.push({ epochMs: after.epochMs, amount });
  }
  keep(window, position, sample);
  return changes.filter((change) => change.amount !== 0n);
}

/**
 * Adds one delta sample. A repetition, known by its time, changes nothing; nor does one older than all kept ones of a
 * series that already lost some, since it cannot be told from a repetition.
 */
export function addDelta(window: CounterWindow, sample: CounterSample): CounterChange[] {
  if (window.samples.some((known) => known.epochMs === sample.epochMs)) return [];
  const position = positionOf(window.samples, sample);
  if (position === 0 && !window.isComplete) return [];
  keep(window, position, sample);
  return sample.value === 0n ? [] : [{ epochMs: sample.epochMs, amount: sample.value }];
}
