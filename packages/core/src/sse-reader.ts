import type { Skim } from './skim-chunks.ts';
import { WindowedText } from './windowed-text.ts';

/** Receives the data of one server-sent event; `text` is whole unless `isWindowed`. */
export type SseListener = (data: SseData) => void;

/** Data of one event. `event` is the value of its `event:` line, empty when it had none. */
export interface SseData {
  readonly event: string;
  readonly text: string;
  /** Set when the data was over 1 MiB: `text` is its head, `tail` its end. */
  readonly tail?: string;
  /** True when the event may still grow: it came out of `flush`. */
  readonly isTentative: boolean;
}

/**
 * Splits server-sent events out of text that arrives cut anywhere. Follows the WHATWG rules (CRLF, CR or LF, several
 * `data:` lines joined by LF, comments ignored), except that `flush` also yields an event without its closing blank line:
 * servers forget it.
 */
export class SseReader {
  readonly #listener: SseListener;
  /** The line that has not ended yet. */
  readonly #line = new WindowedText();
  #event = '';
  #data: string | undefined;
  #tail: string | undefined;
  #endedWithCarriageReturn = false;

  readonly #skim: ((text: string) => Skim | undefined) | undefined;

  /** `skim` may pass over whole events that nobody wants. */
  constructor(listener: SseListener, skim?: (text: string) => Skim | undefined) {
    this.#listener = listener;
    this.#skim = skim;
  }

  push(piece: string): void {
    const text = this.#normaliseLineEnds(piece);
    const skim = this.#skim?.(text);
    let start = this.#pass(skim, 0);
    for (let end = text.indexOf('\n', start); end >= 0; end = text.indexOf('\n', start)) {
      this.#endLine(text.slice(start, end));
      start = this.#pass(skim, end + 1);
    }
    if (start < text.length) this.#line.append(text.slice(start));
  }

  /** Yields what an ending stream left unfinished, without forgetting it: more text may still come. */
  flush(): void {
    const { event, data, tail } = { event: this.#event, data: this.#data, tail: this.#tail };
    if (this.#line.length > 0) this.#readLine(this.#line);
    if (this.#data !== undefined) this.#dispatch(true);
    this.#event = event;
    this.#data = data;
    this.#tail = tail;
  }

  /** Where to go on: further on only between two events. */
  #pass(skim: Skim | undefined, at: number): number {
    const isBetween = this.#line.length === 0 && this.#data === undefined && this.#event === '';
    return skim === undefined || !isBetween ? at : skim(at);
  }

  #normaliseLineEnds(piece: string): string {
    const text = this.#endedWithCarriageReturn && piece.startsWith('\n') ? piece.slice(1) : piece;
    if (piece !== '') this.#endedWithCarriageReturn = piece.endsWith('\r');
    return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  }

  #endLine(rest: string): void {
    if (this.#line.length === 0) {
      this.#readText(rest, undefined);
      return;
    }
    if (rest !== '') this.#line.append(rest);
    this.#readLine(this.#line);
    this.#line.clear();
  }

  #readLine(line: WindowedText): void {
    if (!line.isWindowed) {
      this.#readText(line.whole(), undefined);
      return;
    }
    const { head, tail } = line.windows();
    this.#readText(head, tail);
  }

  #readText(line: string, tail: string | undefined): void {
    if (line === '') {
      if (this.#data !== undefined) this.#dispatch(false);
      this.#event = '';
      return;
    }
    if (line.startsWith('data:')) {
      const value = line.slice(line[5] === ' ' ? 6 : 5);
      this.#data = this.#data === undefined ? value : joinData(this.#data, value);
      this.#tail = tail;
    } else if (line.startsWith('event:')) {
      this.#event = line.slice(6).trim();
    }
  }

  #dispatch(isTentative: boolean): void {
    const text = this.#data ?? '';
    const tail = this.#tail;
    this.#data = undefined;
    this.#tail = undefined;
    const data = { event: this.#event, text, isTentative };
    this.#listener(tail === undefined ? data : { ...data, tail });
  }
}

/** An event of very many lines keeps only what fits; nobody sends one, but memory stays bounded. */
function joinData(data: string, value: string): string {
  return data.length > 1024 * 1024 ? data : `${data}\n${value}`;
}
