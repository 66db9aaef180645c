import type { CallRecorder } from './recorder.ts';

/** Sweeps for calls that were forgotten rather than ended happen beyond this many. */
const FIRST_SWEEP = 1000;

/**
 * The calls that are under way, for the end of the process. None is kept alive by being in here: a response that nobody
 * reads must go the way it goes without us.
 */
export class OpenCalls {
  readonly #calls = new Set<WeakRef<CallRecorder>>();
  #sweepAt = FIRST_SWEEP;

  /** Remembers a call; what is returned forgets it. */
  add(recorder: CallRecorder): () => void {
    const call = new WeakRef(recorder);
    this.#calls.add(call);
    if (this.#calls.size >= this.#sweepAt) this.#sweep();
    return () => void this.#calls.delete(call);
  }

  /** Ends every call as the process ends it: aborted, with the usage that was seen so far. */
  abandon(): void {
    const calls = [...this.#calls];
    this.#calls.clear();
    for (const call of calls) call.deref()?.fail({ name: 'AbortError' });
  }

  #sweep(): void {
    for (const call of this.#calls) {
      if (call.deref() === undefined) this.#calls.delete(call);
    }
    this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.#calls.size);
  }
}
