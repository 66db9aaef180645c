import type { Io } from './io.ts';
import { type LineOptions, priceLine } from './price-line.ts';

/** What a run over standard input came to. */
export interface PricedStream {
  readonly lines: number;
  /** Lines that were no calls. */
  readonly unread: number;
}

/** Longer lines are refused; a usage object has a few hundred characters. */
const LONGEST_LINE = 1_048_576;
const PROGRESS_AFTER_MS = 2000;
const PROGRESS_EVERY_MS = 500;

/**
 * Prices lines as they come and writes one line for each, in order. Blank lines are skipped but counted in the line
 * numbers. Reads no further while nobody takes what is written, so memory stays bounded.
 */
export async function priceStream(
  chunks: AsyncIterable<string>,
  options: Omit<LineOptions, 'nowEpochMs'>,
  io: Pick<Io, 'stdout' | 'stderr' | 'stdoutReady' | 'isErrorTerminal'>,
): Promise<PricedStream> {
  const lines = new LinePricer(options);
  const progress = createProgress(io);
  for await (const chunk of chunks) {
    const output = lines.push(chunk);
    if (output !== '') io.stdout(output);
    progress.show(lines.count);
    if (!(await io.stdoutReady())) break;
  }
  const rest = lines.end();
  if (rest !== '') io.stdout(rest);
  progress.clear();
  return { lines: lines.count, unread: lines.unread };
}

/** Cuts text into lines and prices each; what is after the last line break waits for more. */
class LinePricer {
  readonly #options: Omit<LineOptions, 'nowEpochMs'>;
  #rest = '';
  #isTooLong = false;
  count = 0;
  unread = 0;

  constructor(options: Omit<LineOptions, 'nowEpochMs'>) {
    this.#options = options;
  }

  push(chunk: string): string {
    let output = '';
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      this.#keep(chunk.slice(start, end));
      output += this.#line();
      start = end + 1;
    }
    this.#keep(chunk.slice(start));
    return output;
  }

  end(): string {
    return this.#rest === '' && !this.#isTooLong ? '' : this.#line();
  }

  #keep(text: string): void {
    if (this.#isTooLong) return;
    this.#rest += text;
    if (this.#rest.length <= LONGEST_LINE) return;
    this.#isTooLong = true;
    this.#rest = '';
  }

  #line(): string {
    this.count += 1;
    const text = this.count === 1 ? this.#rest.replace(/^\uFEFF/, '') : this.#rest;
    const isTooLong = this.#isTooLong;
    this.#rest = '';
    this.#isTooLong = false;
    if (isTooLong) {
      this.unread += 1;
      const error = `expected at most ${LONGEST_LINE} characters in a line`;
      return `${JSON.stringify({ error, line: this.count })}\n`;
    }
    if (text.trim() === '') return '';
    const priced = priceLine(text, this.count, { ...this.#options, nowEpochMs: Date.now() });
    if (!priced.isRead) this.unread += 1;
    return `${JSON.stringify(priced.output)}\n`;
  }
}

interface Progress {
  show(lines: number): void;
  clear(): void;
}

/** A line on standard error for a person who waits; nothing for machines and for short runs. */
function createProgress(io: Pick<Io, 'stderr' | 'isErrorTerminal'>): Progress {
  let nextMs = performance.now() + PROGRESS_AFTER_MS;
  let isShown = false;
  return {
    show(lines) {
      if (!io.isErrorTerminal || performance.now() < nextMs) return;
      nextMs = performance.now() + PROGRESS_EVERY_MS;
      isShown = true;
      io.stderr(`\r\u001b[K${lines.toLocaleString('en-US')} lines priced`);
    },
    clear() {
      if (isShown) io.stderr('\r\u001b[K');
    },
  };
}
