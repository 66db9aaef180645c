/** Text that is kept whole up to this many UTF-16 units. */
const WHOLE_LIMIT = 1024 * 1024;

/** Units kept at either end of a longer text: the usage object and its neighbours fit many times over. */
const WINDOW_LIMIT = 64 * 1024;

/** Collects text in pieces: whole up to 1 MiB, beyond that only its head and its tail. Memory is bounded. */
export class WindowedText {
  #pieces: string[] = [];
  #length = 0;
  #head: string | undefined;
  #tail = '';

  get length(): number {
    return this.#length;
  }

  /** True when the middle was dropped. */
  get isWindowed(): boolean {
    return this.#head !== undefined;
  }

  append(text: string): void {
    this.#length += text.length;
    if (this.#head !== undefined) {
      this.#keepTail(text);
      return;
    }
    this.#pieces.push(text);
    if (this.#length <= WHOLE_LIMIT) return;
    const all = this.whole();
    this.#pieces = [];
    this.#head = all.slice(0, WINDOW_LIMIT);
    this.#tail = all.slice(-WINDOW_LIMIT);
  }

  /** The whole text; only meaningful while not windowed. */
  whole(): string {
    if (this.#pieces.length > 1) this.#pieces = [this.#pieces.join('')];
    return this.#pieces[0] ?? '';
  }

  /** The first and the last 64 KiB of a windowed text. */
  windows(): { readonly head: string; readonly tail: string } {
    return { head: this.#head ?? '', tail: this.#tail.slice(-WINDOW_LIMIT) };
  }

  clear(): void {
    this.#pieces = [];
    this.#length = 0;
    this.#head = undefined;
    this.#tail = '';
  }

  #keepTail(text: string): void {
    this.#tail += text;
    if (this.#tail.length > 4 * WINDOW_LIMIT) this.#tail = this.#tail.slice(-WINDOW_LIMIT);
  }
}
