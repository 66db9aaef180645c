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
 * starting server answers with an error status. Events that cannot be read are dropped.
 */
export function startStream(path: string, listener: StreamListener): Running {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = FIRST_WAIT_MS;

  function open(): void {
    const opened = new EventSource(path);
    source = opened;
    opened.addEventListener('open', () => {
      waitMs = FIRST_WAIT_MS;
      listener.onOpen();
    });
    opened.addEventListener('overview', (event) => {
      const value = parseData(event);
      if (isOverview(value)) listener.onOverview(value);
    });
    opened.addEventListener('alerts', (event) => {
      const value = parseData(event);
      if (isAlertList(value)) listener.onAlerts(value);
    });
    opened.addEventListener('error', () => {
      opened.close();
      listener.onLost();
      timer = setTimeout(open, waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    });
  }

  open();
  return {
    stop() {
      source?.close();
      clearTimeout(timer);
    },
  };
}
