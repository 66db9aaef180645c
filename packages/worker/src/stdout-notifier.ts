import type { Delivery, Notice, Notifier } from './ports.ts';

/** How the alerts are written. */
export interface StdoutOptions {
  readonly write: (text: string) => unknown;
  /** `text` for people (default), `json` for one JSON object per line. */
  readonly format?: 'text' | 'json';
  readonly name?: string;
}

/** Creates the channel that writes alerts to a stream. A throwing `write` is a retryable failure. */
export function createStdoutNotifier(options: StdoutOptions): Notifier {
  const { write, format = 'text', name = 'stdout' } = options;
  return {
    name,
    send(notice, signal): Promise<Delivery> {
      if (signal.aborted) {
        return Promise.resolve({ outcome: 'failed', isRetryable: true, reason: 'aborted' });
      }
      try {
        write(format === 'json' ? `${JSON.stringify(notice)}\n` : renderNotice(notice));
        return Promise.resolve({ outcome: 'delivered' });
      } catch (error) {
        const reason = `write failed: ${error instanceof Error ? error.name : 'unknown error'}`;
        return Promise.resolve({ outcome: 'failed', isRetryable: true, reason });
      }
    },
  };
}

function renderNotice(notice: Notice): string {
  return `\n${stripControls(notice.text)}\n`;
}

/** Names come from telemetry: control characters must not reach a terminal. */
function stripControls(text: string): string {
  return [...text]
    .filter((letter) => letter === '\n' || !isControl(letter.codePointAt(0) ?? 0))
    .join('');
}

function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x202a && code <= 0x202e);
}
