import type { Delivery, Notifier } from '../ports.ts';
import { cleanLines } from './clean-text.ts';
import { renderDigestText } from './render-text.ts';

/** How the alerts are written. */
export interface StdoutOptions {
  readonly write: (text: string) => unknown;
  /** `text` for people (default), `json` for one JSON object per line. */
  readonly format?: 'text' | 'json';
  readonly name?: string;
}

/** Creates the channel that writes alerts to a stream. A throwing `write` is a failure that is tried again. */
export function createStdoutNotifier(options: StdoutOptions): Notifier {
  const { write, format = 'text', name = 'stdout' } = options;
  const deliver = (text: string, signal: AbortSignal): Promise<Delivery> => {
    if (signal.aborted) return Promise.resolve({ outcome: 'retry', reason: 'aborted' });
    try {
      write(text);
      return Promise.resolve({ outcome: 'delivered' });
    } catch (error) {
      const reason = `write failed: ${error instanceof Error ? error.name : 'unknown error'}`;
      return Promise.resolve({ outcome: 'retry', reason });
    }
  };
  const lines = (text: string): string => `\n${cleanLines(text)}\n`;
  return {
    name,
    send: (notice, signal) =>
      deliver(format === 'json' ? `${JSON.stringify(notice)}\n` : lines(notice.text), signal),
    ...(format === 'json'
      ? {}
      : { sendDigest: (digest, signal) => deliver(lines(renderDigestText(digest)), signal) }),
  };
}
