import type { Attributes } from '@opentelemetry/api';
import type { MetricSpec } from '@tokenmeter/semconv';

/** Attribute sets held before they are passed on without waiting for a collection. */
const LIMIT = 2000;

/** Adds to the counter of a metric. */
export type AddToCounter = (spec: MetricSpec, value: number, attributes: Attributes) => void;

interface Sums {
  readonly spec: MetricSpec;
  readonly byAttributes: Map<Attributes, number>;
}

/**
 * Sums counter measurements until their counters are read, so that an SDK hashes an attribute set once per collection and
 * not once per call. Attribute sets are told apart by identity: two equal ones are passed on one after the other.
 */
export class PendingSums {
  readonly #sums = new Map<string, Sums>();
  #size = 0;

  /** True when it is time to drain, whether or not anyone reads. */
  get isFull(): boolean {
    return this.#size >= LIMIT;
  }

  add(spec: MetricSpec, value: number, attributes: Attributes): void {
    let sums = this.#sums.get(spec.name);
    if (sums === undefined) {
      sums = { spec, byAttributes: new Map() };
      this.#sums.set(spec.name, sums);
    }
    const known = sums.byAttributes.get(attributes);
    if (known === undefined) this.#size += 1;
    sums.byAttributes.set(attributes, (known ?? 0) + value);
  }

  /** Passes every sum on, once, and forgets it. */
  drain(addToCounter: AddToCounter): void {
    this.#size = 0;
    for (const { spec, byAttributes } of this.#sums.values()) {
      for (const [attributes, value] of byAttributes) addToCounter(spec, value, attributes);
      byAttributes.clear();
    }
  }
}
