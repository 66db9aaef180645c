import type { Piece } from './memory-pool.ts';
import type { UsageSum } from './usage-sum.ts';

const FIELDS = 13;

/** Bytes of a sum. */
export const SUM_BYTES: number = 8 * FIELDS;

/** A usage sum whose numbers lie in a piece of memory, as those of `CountState` do. */
export class SumState implements UsageSum {
  readonly #doubles: Float64Array;
  readonly #at: number;

  constructor({ doubles, offset }: Piece) {
    this.#doubles = doubles;
    this.#at = offset / 8;
  }

  /** All numbers below, in their order. */
  get numbers(): Float64Array {
    return this.#doubles.subarray(this.#at, this.#at + FIELDS);
  }

  get calls(): number {
    return this.#doubles[this.#at] ?? 0;
  }

  set calls(value: number) {
    this.#doubles[this.#at] = value;
  }

  get costUsd(): number {
    return this.#doubles[this.#at + 1] ?? 0;
  }

  set costUsd(value: number) {
    this.#doubles[this.#at + 1] = value;
  }

  get inputTokens(): number {
    return this.#doubles[this.#at + 2] ?? 0;
  }

  set inputTokens(value: number) {
    this.#doubles[this.#at + 2] = value;
  }

  get cacheReadTokens(): number {
    return this.#doubles[this.#at + 3] ?? 0;
  }

  set cacheReadTokens(value: number) {
    this.#doubles[this.#at + 3] = value;
  }

  get outputTokens(): number {
    return this.#doubles[this.#at + 4] ?? 0;
  }

  set outputTokens(value: number) {
    this.#doubles[this.#at + 4] = value;
  }

  get unpricedCalls(): number {
    return this.#doubles[this.#at + 5] ?? 0;
  }

  set unpricedCalls(value: number) {
    this.#doubles[this.#at + 5] = value;
  }

  get cacheHits(): number {
    return this.#doubles[this.#at + 6] ?? 0;
  }

  set cacheHits(value: number) {
    this.#doubles[this.#at + 6] = value;
  }

  get cacheMisses(): number {
    return this.#doubles[this.#at + 7] ?? 0;
  }

  set cacheMisses(value: number) {
    this.#doubles[this.#at + 7] = value;
  }

  get errors(): number {
    return this.#doubles[this.#at + 8] ?? 0;
  }

  set errors(value: number) {
    this.#doubles[this.#at + 8] = value;
  }

  get retries(): number {
    return this.#doubles[this.#at + 9] ?? 0;
  }

  set retries(value: number) {
    this.#doubles[this.#at + 9] = value;
  }

  get inputUsd(): number {
    return this.#doubles[this.#at + 10] ?? 0;
  }

  set inputUsd(value: number) {
    this.#doubles[this.#at + 10] = value;
  }

  get cacheReadUsd(): number {
    return this.#doubles[this.#at + 11] ?? 0;
  }

  set cacheReadUsd(value: number) {
    this.#doubles[this.#at + 11] = value;
  }

  get outputUsd(): number {
    return this.#doubles[this.#at + 12] ?? 0;
  }

  set outputUsd(value: number) {
    this.#doubles[this.#at + 12] = value;
  }
}
