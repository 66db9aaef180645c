/** Repeats one request: at once when asked for, and no more often than the gap when figures changed. */
export interface Refresher {
  /** Drops a request under way and starts anew. */
  now(): void;
  /** Asks again when the gap is over; calls in between make no further request. */
  soon(gapMs: number): void;
  /** Forgets a request under way: its answer is older than what is known by now. */
  drop(): void;
  stop(): void;
}

/** Creates a refresher around `run`, which must give up quietly when its signal aborts. */
export function createRefresher(run: (signal: AbortSignal) => Promise<void>): Refresher {
  let current: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;

  async function start(): Promise<void> {
    const mine = new AbortController();
    current = mine;
    await run(mine.signal);
    if (current === mine) current = undefined;
  }

  function now(): void {
    if (isStopped) return;
    current?.abort();
    clearTimeout(timer);
    timer = undefined;
    void start();
  }

  function soon(gapMs: number): void {
    if (timer !== undefined || isStopped) return;
    timer = setTimeout(() => {
      timer = undefined;
      // A slow answer under way is not dropped for a newer one, or a slow server would never be shown.
      if (current) soon(gapMs);
      else now();
    }, gapMs);
  }

  function drop(): void {
    current?.abort();
    current = undefined;
  }

  function stop(): void {
    isStopped = true;
    current?.abort();
    clearTimeout(timer);
  }

  return { now, soon, drop, stop };
}
