import type { Piece } from './memory-pool.ts';

/** Bytes of a cached share. */
export const CACHED_SHARE_BYTES: number = 8 * 4;

/** The learned share of cached input, in a piece of memory, as the numbers of `SumState`. */
export class CachedShareState {
  readonly #doubles: Float64Array;
  readonly #at: number;

  constructor({ doubles, offset }: Piece) {
    this.#doubles = doubles;
    this.#at = offset / 8;
  }

  get sum(): number {
    return this.#doubles[this.#at] ?? 0;
  }

  set sum(value: number) {
    this.#doubles[this.#at] = value;
  }

  get weight(): number {
    return this.#doubles[this.#at + 1] ?? 0;
  }

  set weight(value: number) {
    this.#doubles[this.#at + 1] = value;
  }

  get isCaching(): boolean {
    return this.#doubles[this.#at + 2] === 1;
  }

  set isCaching(value: boolean) {
    this.#doubles[this.#at + 2] = value ? 1 : 0;
  }

  /** Sum of the squares of the shares that `sum` adds. */
  get squares(): number {
    return this.#doubles[this.#at + 3] ?? 0;
  }

  set squares(value: number) {
    this.#doubles[this.#at + 3] = value;
  }
}
