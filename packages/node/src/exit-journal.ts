import type { MeteredCall } from '@tokenmeter/instrumentation';

/** Calls kept at most; with an export every 15 s this is 600 a second. */
const LIMIT = 10_000;

/** Remembers which calls no export has brought out yet. */
export class ExitJournal {
  #pending: MeteredCall[] = [];
  #inFlight: MeteredCall[] = [];

  /** A call was metered. */
  record(call: MeteredCall): void {
    if (this.#pending.length >= LIMIT) return;
    // Counters need no content.
    const { content: _content, ...record } = call.record;
    this.#pending.push({ ...call, record });
  }

  /** An export has read the counters; it holds every call so far. */
  collected(): void {
    this.#inFlight.push(...this.#pending);
    this.#pending = [];
  }

  /** That export ended. After a failure the next one holds its calls too, because counters are cumulative. */
  exported(isSent: boolean): void {
    if (!isSent) this.#pending.unshift(...this.#inFlight);
    this.#inFlight = [];
  }

  /** Calls that no export holds. Those of an export under way may have arrived and are left out: never twice. */
  pending(): readonly MeteredCall[] {
    return this.#pending;
  }
}
