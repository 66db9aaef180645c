/** Work of finished calls that is done in one go: about a millisecond, so that nobody waits long for it. */
const LIMIT = 32;

/** Longest time that work waits, in milliseconds. */
const DELAY_MS = 50;

/**
 * Puts work off until there is some of it, or until nobody has asked for it for 50 ms.
 *
 * What runs in a row finds its code and data in the caches of the processor: a call costs about half of what it costs when
 * it is done by itself between two steps of the application. The timer does not hold the process; whoever ends it drains.
 */
export class WorkQueue {
  #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #beforeDrain: () => void;

  /** `beforeDrain` runs ahead of every drain. */
  constructor(beforeDrain: () => void) {
    this.#beforeDrain = beforeDrain;
  }

  add(work: () => void): void {
    this.#waiting.push(work);
    if (this.#waiting.length >= LIMIT) this.drain();
    else this.wake();
  }

  /** Sees to it that a drain comes. */
  wake(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.drain();
    }, DELAY_MS);
    this.#timer.unref();
  }

  /** Does everything that waits. Work must not throw. */
  drain(): void {
    this.#beforeDrain();
    const works = this.#waiting;
    this.#waiting = [];
    for (const work of works) work();
  }
}
