import { isMainThread } from 'node:worker_threads';

/** Longest time that a flush may hold a process that is done, in milliseconds. */
export const FLUSH_DEADLINE_MS = 1800;

/** What is flushed at the end. */
export interface Flushable {
  flush(deadlineMs: number): Promise<void>;
  /** Ends the calls that are still under way, because the process does. */
  abandon(): void;
  /** Brings out what it can in the same turn; used when the process is exiting. */
  flushNow(): void;
  /** A number that changes with every measurement. */
  measurementCount(): number;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Brings measurements out when the program ends by itself, and when a signal is about to end it.
 *
 * Exit code, signal and output stay the program's own. A signal is looked at only while the program has no listener of
 * its own for it; it is raised again after the flush, so that the process still dies of it. After `process.exit()`, or an
 * error that nobody caught, only counters are brought out.
 */
export function flushAtEnd(flushable: Flushable): void {
  let flushed = flushable.measurementCount();
  const flush = async (): Promise<void> => {
    const count = flushable.measurementCount();
    await flushable.flush(FLUSH_DEADLINE_MS);
    flushed = count;
  };
  process.on('beforeExit', () => {
    // The flush empties the event loop once more, which brings this event again.
    if (flushable.measurementCount() !== flushed) void flush();
  });
  process.on('exit', () => {
    flushable.abandon();
    if (flushable.measurementCount() !== flushed) flushable.flushNow();
  });
  // Worker threads get no signals.
  if (!isMainThread) return;
  const flushLast = (): Promise<void> => {
    flushable.abandon();
    return flush();
  };
  for (const signal of SIGNALS) followSignal(signal, flushLast);
}

function followSignal(signal: 'SIGTERM' | 'SIGINT', flush: () => Promise<void>): void {
  let isEnding = false;
  const onSignal = (): void => {
    if (isEnding) {
      raise();
      return;
    }
    isEnding = true;
    void flush().then(raise, raise);
  };
  const raise = (): void => {
    process.off(signal, onSignal);
    process.off('removeListener', onRemoved);
    process.kill(process.pid, signal);
  };
  const onRemoved = (event: string | symbol, listener: unknown): void => {
    if (listener === onSignal || event !== signal) return;
    if (process.listenerCount(signal) === 0) process.on(signal, onSignal);
  };
  // Libraries such as signal-exit count the listeners to see whether they are alone; ours steps aside for any other. Not
  // before the other one is in place: Node stops to watch a signal when its last listener goes.
  const stepAside = (): void => {
    if (process.listenerCount(signal) > 1) process.off(signal, onSignal);
  };
  process.on('newListener', (event: string | symbol, listener: unknown) => {
    if (event === signal && listener !== onSignal) queueMicrotask(stepAside);
  });
  process.on('removeListener', onRemoved);
  if (process.listenerCount(signal) === 0) process.on(signal, onSignal);
}
