import type { AlertView, Overview } from '@tokenmeter/server';
import { isAlertList, isOverview } from './decode-api.ts';

/** What the stream tells. `onLost` may come several times in a row; `onOpen` comes once per connection. */
export interface StreamListener {
  onOpen(): void;
  onLost(): void;
  onOverview(value: Overview): void;
  onAlerts(value: readonly AlertView[]): void;
}

/** Something that runs until it is stopped. */
export interface Running {
  stop(): void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
/** A connection that neither opens nor fails in this time counts as lost. */
const OPEN_WITHIN_MS = 10_000;
/** A stream without an event for this long may be a dead one, and is opened anew. */
const SILENCE_MS = 30_000;

function parseData(event: Event): unknown {
  if (!(event instanceof MessageEvent)) return undefined;
  try {
    return JSON.parse(String(event.data));
  } catch {
    return undefined;
  }
}

/**
 * Listens to `/api/v1/live` until stopped.
 *
 * Reconnects by itself, after 0.5 s at first and at most 8 s: `EventSource` alone gives up for good when a proxy or a
 * starting server answers with an error status, and waits for ever on a connection that died without a word. Events
 * that cannot be read are dropped.
 */
export function startStream(path: string, listener: StreamListener): Running {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = FIRST_WAIT_MS;

  function after(delayMs: number, act: () => void): void {
    clearTimeout(timer);
    timer = setTimeout(act, delayMs);
  }

  function retry(): void {
    source?.close();
    listener.onLost();
    after(waitMs, open);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }

  function listen<T>(
    opened: EventSource,
    name: string,
    take: { readonly isWanted: (value: unknown) => value is T; readonly on: (value: T) => void },
  ): void {
    opened.addEventListener(name, (event) => {
      after(SILENCE_MS, open);
      const value = parseData(event);
      if (take.isWanted(value)) take.on(value);
    });
  }

  function open(): void {
    source?.close();
    const opened = new EventSource(path);
    source = opened;
    after(OPEN_WITHIN_MS, retry);
    opened.addEventListener('open', () => {
      waitMs = FIRST_WAIT_MS;
      after(SILENCE_MS, open);
      listener.onOpen();
    });
    opened.addEventListener('error', retry);
    listen(opened, 'overview', { isWanted: isOverview, on: (value) => listener.onOverview(value) });
    listen(opened, 'alerts', { isWanted: isAlertList, on: (value) => listener.onAlerts(value) });
  }

  open();
  return {
    stop() {
      source?.close();
      clearTimeout(timer);
    },
  };
}
