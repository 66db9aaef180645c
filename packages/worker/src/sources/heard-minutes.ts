/** Times at which anything was heard, one per bucket. */
export class HeardMinutes {
  readonly #latest = new Map<number, number>();

  note(times: readonly number[], bucketMs: number): void {
    for (const epochMs of times) {
      const bucket = Math.ceil(epochMs / bucketMs);
      if ((this.#latest.get(bucket * bucketMs) ?? 0) < epochMs) {
        this.#latest.set(bucket * bucketMs, epochMs);
      }
    }
  }

  /** After an instant, in order. */
  ascending(afterEpochMs: number): readonly number[] {
    return [...this.#latest.values()].filter((at) => at > afterEpochMs).sort((a, b) => a - b);
  }
}
