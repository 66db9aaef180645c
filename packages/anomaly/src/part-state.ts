import type { Piece } from './memory-pool.ts';

/** Bytes of a part. */
export const PART_BYTES: number = 8 * 6;

/** What a scope has of one block, in a piece of memory, as the numbers of `SumState`. */
export class PartState {
  readonly #doubles: Float64Array;
  readonly #at: number;

  constructor({ doubles, offset }: Piece) {
    this.#doubles = doubles;
    this.#at = offset / 8;
  }

  get block(): number {
    return this.#doubles[this.#at] ?? 0;
  }

  set block(value: number) {
    this.#doubles[this.#at] = value;
  }

  get calls(): number {
    return this.#doubles[this.#at + 1] ?? 0;
  }

  set calls(value: number) {
    this.#doubles[this.#at + 1] = value;
  }

  get costUsd(): number {
    return this.#doubles[this.#at + 2] ?? 0;
  }

  set costUsd(value: number) {
    this.#doubles[this.#at + 2] = value;
  }

  get pricedCalls(): number {
    return this.#doubles[this.#at + 3] ?? 0;
  }

  set pricedCalls(value: number) {
    this.#doubles[this.#at + 3] = value;
  }

  get hits(): number {
    return this.#doubles[this.#at + 4] ?? 0;
  }

  set hits(value: number) {
    this.#doubles[this.#at + 4] = value;
  }

  get misses(): number {
    return this.#doubles[this.#at + 5] ?? 0;
  }

  set misses(value: number) {
    this.#doubles[this.#at + 5] = value;
  }
}
