import type { AlertView, LiveEvent, Overview } from './api.ts';

/** A listener of the live stream. */
export type LiveListener = (event: LiveEvent | { readonly kind: 'heartbeat' }) => void;

/** What pushes figures to open pages. */
export interface LiveStream {
  /** Says that the ledger has changed. */
  changed(): void;
  /** Says which alerts there are now. */
  alerts(alerts: readonly AlertView[]): void;
  /** Adds a listener and returns what removes it. */
  listen(listener: LiveListener): () => void;
  /** Stops all timers. */
  close(): void;
}

/** Overviews come at most four times a second, */
const COALESCE_MS = 250;
/** and reading them takes at most a fifth of the time, however large the ledger is. */
const READ_SHARE = 5;
const HEARTBEAT_MS = 15_000;

/** Creates a stream that reads figures only while somebody listens. */
export function createLiveStream(read: () => Promise<Overview>): LiveStream {
  const listeners = new Set<LiveListener>();
  let timer: NodeJS.Timeout | undefined;
  let lastSentMs = 0;
  let pauseMs = COALESCE_MS;
  let isReading = false;
  let isStale = false;
  let isClosed = false;

  const send: LiveListener = (event) => {
    for (const listener of listeners) listener(event);
  };
  const push = async (): Promise<void> => {
    timer = undefined;
    if (isReading) {
      isStale = true;
      return;
    }
    isReading = true;
    isStale = false;
    const startedMs = performance.now();
    try {
      send({ kind: 'overview', value: await read() });
    } catch {
      // The next commit or heartbeat reads again; the page shows the age of its figures.
    }
    lastSentMs = performance.now();
    pauseMs = Math.max(COALESCE_MS, READ_SHARE * (lastSentMs - startedMs));
    isReading = false;
    if (isStale) schedule();
  };
  const schedule = (): void => {
    if (isClosed || listeners.size === 0 || timer !== undefined) return;
    const wait = Math.max(0, pauseMs - (performance.now() - lastSentMs));
    timer = setTimeout(() => void push(), wait);
  };
  const heartbeat = setInterval(() => {
    send({ kind: 'heartbeat' });
    // Time moves the figures too: the burn falls when nothing is called.
    schedule();
  }, HEARTBEAT_MS);
  heartbeat.unref();

  return {
    changed: schedule,
    alerts: (alerts) => send({ kind: 'alerts', value: alerts }),
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      isClosed = true;
      clearInterval(heartbeat);
      clearTimeout(timer);
      listeners.clear();
    },
  };
}
