import { WindowedText } from './windowed-text.ts';

/** Text of one JSON object; `tail` is set when it was over 1 MiB, and `text` is then its head. */
export interface JsonValueText {
  readonly text: string;
  readonly tail?: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Splits JSON objects out of text cut anywhere: one per line (NDJSON), one after the other, or as items of one array.
 * What is between top-level objects is ignored.
 */
export class JsonValuesReader {
  readonly #onValue: (value: JsonValueText) => void;
  readonly #value = new WindowedText();
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  constructor(onValue: (value: JsonValueText) => void) {
    this.#onValue = onValue;
  }

  push(text: string): void {
    let start = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (this.#isInString) {
        this.#insideString(code);
        continue;
      }
      const before = this.#depth;
      this.#outsideString(code);
      if (before === 0 && this.#depth === 1) start = at;
      if (before === 1 && this.#depth === 0) this.#end(text.slice(start, at + 1));
    }
    if (this.#depth > 0) this.#value.append(text.slice(start));
  }

  #insideString(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (code === BACKSLASH) this.#isEscaped = true;
    else if (code === QUOTE) this.#isInString = false;
  }

  #outsideString(code: number): void {
    switch (code) {
      case QUOTE:
        this.#isInString = this.#depth > 0;
        break;
      case 0x7b: // {
        this.#depth += 1;
        break;
      case 0x5b: // [ opens a value only inside of one; outside it is the array of values
        if (this.#depth > 0) this.#depth += 1;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        if (this.#depth > 0) this.#depth -= 1;
        break;
      default:
        break;
    }
  }

  #end(rest: string): void {
    this.#value.append(rest);
    if (this.#value.isWindowed) {
      const { head, tail } = this.#value.windows();
      this.#onValue({ text: head, tail });
    } else {
      this.#onValue({ text: this.#value.whole() });
    }
    this.#value.clear();
  }
}
