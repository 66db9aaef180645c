/** Steps that undo what was started, run once, the latest first. */
export class Cleanup {
  readonly #steps: (() => PromiseLike<void>)[] = [];
  #done: Promise<void> | undefined;

  add(step: () => PromiseLike<void>): void {
    this.#steps.push(step);
  }

  /** Runs every step, whatever the others do. Further calls wait for the first one. */
  run(): Promise<void> {
    this.#done ??= this.#runSteps();
    return this.#done;
  }

  async #runSteps(): Promise<void> {
    for (const step of this.#steps.reverse()) {
      try {
        await step();
      } catch {
        // One part that cannot be stopped must not keep the others alive.
      }
    }
  }
}
