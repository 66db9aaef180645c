import { bytesOfText, joinBytes, textOfBytes } from './platform.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Takes out of a streamed chat completion what is there only because usage was asked for: the usage-only event, and the
 * `"usage":null` that every other chunk then carries. All other bytes pass unchanged and in order.
 *
 * An event is held back until it is complete; what is unfinished at the end is passed on as it is.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create (stream_options, checked 2026-11-20)
 */
export class UsageEventFilter {
  #pending: Uint8Array = new Uint8Array(0);

  /** The bytes to pass on now; may be empty. */
  push(chunk: Uint8Array): Uint8Array {
    const bytes = this.#pending.length === 0 ? chunk : joinBytes([this.#pending, chunk]);
    const kept: Uint8Array[] = [];
    let start = 0;
    for (let end = eventEnd(bytes, start); end > 0; end = eventEnd(bytes, start)) {
      kept.push(filterEvent(bytes.subarray(start, end)));
      start = end;
    }
    this.#pending = bytes.slice(start);
    return kept.length === 1 && kept[0] !== undefined ? kept[0] : joinBytes(kept);
  }

  /** What is left when the stream ends. */
  end(): Uint8Array {
    const rest = this.#pending;
    this.#pending = new Uint8Array(0);
    return rest;
  }
}

/** Index after the blank line that ends the event at `start`; 0 when it is not complete. */
function eventEnd(bytes: Uint8Array, start: number): number {
  let at = bytes.indexOf(NEWLINE, start);
  while (at >= 0) {
    const next = bytes[at + 1] === RETURN ? at + 2 : at + 1;
    if (bytes[next] === NEWLINE) return next + 1;
    at = bytes.indexOf(NEWLINE, at + 1);
  }
  return 0;
}

const NULL_USAGE = /,\s*"usage"\s*:\s*null(?=\s*[,}])/g;

function filterEvent(event: Uint8Array): Uint8Array {
  const text = textOfBytes(event);
  if (!text.includes('"usage"')) return event;
  if (isUsageOnly(text)) return new Uint8Array(0);
  // Quotes inside content are escaped, so this can only be a member; twice means that it is not ours to touch.
  return (text.match(NULL_USAGE) ?? []).length === 1
    ? bytesOfText(text.replace(NULL_USAGE, ''))
    : event;
}

function isUsageOnly(event: string): boolean {
  const data = /^data:[ ]?(\{.*\})\s*$/.exec(event)?.[1];
  if (data === undefined) return false;
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== 'object' || value === null) return false;
    const choices: unknown = Reflect.get(value, 'choices');
    const usage: unknown = Reflect.get(value, 'usage');
    return Array.isArray(choices) && choices.length === 0 && typeof usage === 'object' && !!usage;
  } catch {
    return false;
  }
}
