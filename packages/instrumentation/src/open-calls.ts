import { STOPPED } from './error-type.ts';

/** Calls that are held as they are. A weak reference costs more than all else about the beginning of a call. */
const YOUNG_LIMIT = 32;

/** Sweeps for calls that were forgotten rather than ended happen beyond this many. */
const FIRST_SWEEP = 1000;

/** A call that can be ended from outside. */
export interface OpenCall {
  fail(error: unknown): void;
}

/**
 * The calls that are under way, for the end of the process.
 *
 * Only a few, the newest, are kept alive by being in here; further ones are known by weak references, so that responses
 * which nobody reads take no memory. A call knows nothing of its transport, which goes the way it goes without us.
 */
export class OpenCalls {
  #young: Set<OpenCall> = new Set();
  readonly #old = new Set<WeakRef<OpenCall>>();
  /** The same references by their call, which finds its own when it ends. */
  #references = new WeakMap<OpenCall, WeakRef<OpenCall>>();
  #sweepAt = FIRST_SWEEP;

  /** Remembers a call. */
  add(call: OpenCall): void {
    if (this.#young.size >= YOUNG_LIMIT) this.#age();
    this.#young.add(call);
  }

  /** Forgets a call that ended. */
  delete(call: OpenCall): void {
    if (this.#young.delete(call)) return;
    const reference = this.#references.get(call);
    if (reference !== undefined) this.#old.delete(reference);
  }

  /** Ends every call as the process ends it: aborted, with the usage that was seen so far. */
  abandon(): void {
    const calls = [...this.#old].map((reference) => reference.deref());
    calls.push(...this.#young);
    this.#young = new Set();
    this.#old.clear();
    for (const call of calls) call?.fail(STOPPED);
  }

  #age(): void {
    for (const call of this.#young) {
      const reference = new WeakRef(call);
      this.#references.set(call, reference);
      this.#old.add(reference);
    }
    this.#young = new Set();
    if (this.#old.size >= this.#sweepAt) this.#sweep();
  }

  #sweep(): void {
    for (const reference of this.#old) {
      if (reference.deref() === undefined) this.#old.delete(reference);
    }
    this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.#old.size);
  }
}
