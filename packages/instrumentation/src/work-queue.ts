import { runSoon } from './platform.ts';

/** Work of finished calls that is begun together. */
const LIMIT = 32;

/** Work beyond this is done at once, all of it: what waits holds memory. */
const MOST_WAITING = 4 * LIMIT;

/** Longest time that work waits, in milliseconds. */
const DELAY_MS = 50;

/**
 * How long the application is kept waiting in one go, in milliseconds; the work under way is finished. Plain calls are done
 * by then: only the decoding of streams is interrupted, because each interruption costs what the row has won.
 */
const SLICE_MS = 1;

/**
 * Puts work off until there is some of it, or until nobody has asked for it for 50 ms, and does it in slices.
 *
 * What runs in a row finds its code and data in the caches of the processor: a call costs about half of what it costs when
 * it is done by itself between two steps of the application. Between slices the application has its turn, so that its
 * slowest requests wait for a slice and not for 32 calls. The timer does not hold the process; whoever ends it drains.
 */
export class WorkQueue {
  #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isSliced = false;
  readonly #beforeDrain: () => void;

  /** `beforeDrain` runs ahead of every drain. */
  constructor(beforeDrain: () => void) {
    this.#beforeDrain = beforeDrain;
  }

  add(work: () => void): void {
    this.#waiting.push(work);
    if (this.#waiting.length >= MOST_WAITING) this.drain();
    else if (this.#waiting.length >= LIMIT) this.#slice();
    else this.wake();
  }

  /** Sees to it that a drain comes. */
  wake(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#slice();
    }, DELAY_MS);
    this.#timer.unref();
  }

  /** Does everything that waits. Work must not throw. */
  drain(): void {
    this.#beforeDrain();
    for (const work of this.#take()) work();
  }

  #take(): (() => void)[] {
    const works = this.#waiting;
    this.#waiting = [];
    return works;
  }

  /** Begins to do what waits, unless somebody is at it. */
  #slice(): void {
    if (this.#isSliced) return;
    this.#beforeDrain();
    const works = this.#take();
    const until = performance.now() + SLICE_MS;
    let done = 0;
    for (const work of works) {
      work();
      done += 1;
      if (performance.now() >= until) break;
    }
    if (done === works.length) return;
    this.#waiting = [...works.slice(done), ...this.#waiting];
    this.#isSliced = true;
    runSoon(() => {
      this.#isSliced = false;
      this.#slice();
    });
  }
}
