import type { Attributes } from '@opentelemetry/api';
import { genAi, OVERFLOW_VALUE } from '@tokenmeter/semconv';
import type { BoundValue } from './describe-labels.ts';

/** Distinct values that one metric attribute may take in a process unless configured otherwise. */
export const DEFAULT_ATTRIBUTE_CAP = 200;

/** Attributes whose values come from our own tables but for what `meterCall` is told: a smaller cap is not for them. */
const CLOSED: ReadonlySet<string> = new Set([genAi.operationName, genAi.providerName]);

/** Longest value that a metric attribute may have; a longer one is no name. */
const LONGEST_VALUE = 256;

/** What caps need to know. */
export interface AttributeCapOptions {
  /** Distinct values per attribute; at least 1. */
  readonly cap?: number;
  /** Told once per label that was replaced. */
  onOverflow(attribute: string): void;
}

/**
 * Creates the function that replaces values beyond their cap by `other`.
 *
 * The first values to come keep their names for the life of the process, so a series never changes its meaning. Totals
 * over the attribute stay exact.
 */
export function createAttributeCaps({
  cap = DEFAULT_ATTRIBUTE_CAP,
  onOverflow,
}: AttributeCapOptions): BoundValue {
  const seen = new Map<string, Set<string>>();
  const fits = (key: string, value: string): boolean => {
    if (value.length > LONGEST_VALUE) return false;
    const values = seen.get(key) ?? new Set<string>();
    if (values.has(value)) return true;
    if (values.size >= (CLOSED.has(key) ? Math.max(cap, DEFAULT_ATTRIBUTE_CAP) : cap)) return false;
    values.add(value);
    seen.set(key, values);
    return true;
  };
  return (labels) => {
    let bounded: Attributes | undefined;
    for (const [key, value] of Object.entries(labels)) {
      if (typeof value !== 'string' || fits(key, value)) continue;
      bounded ??= { ...labels };
      bounded[key] = OVERFLOW_VALUE;
      onOverflow(key);
    }
    return bounded ?? labels;
  };
}
