import type { Piece } from './memory-pool.ts';
import type { UsageSum } from './usage-sum.ts';

const FIELDS = 13;

/** Bytes of a sum. */
export const SUM_BYTES: number = 8 * FIELDS;

/** A usage sum whose numbers lie in a piece of memory, as those of `CountState` do. */
export class SumState implements UsageSum {
  /** All numbers below, in their order. */
  readonly numbers: Float64Array;

  constructor({ buffer, offset }: Piece) {
    this.numbers = new Float64Array(buffer, offset, FIELDS);
  }

  get calls(): number {
    return this.numbers[0] ?? 0;
  }

  set calls(value: number) {
    this.numbers[0] = value;
  }

  get costUsd(): number {
    return this.numbers[1] ?? 0;
  }

  set costUsd(value: number) {
    this.numbers[1] = value;
  }

  get inputTokens(): number {
    return this.numbers[2] ?? 0;
  }

  set inputTokens(value: number) {
    this.numbers[2] = value;
  }

  get cacheReadTokens(): number {
    return this.numbers[3] ?? 0;
  }

  set cacheReadTokens(value: number) {
    this.numbers[3] = value;
  }

  get outputTokens(): number {
    return this.numbers[4] ?? 0;
  }

  set outputTokens(value: number) {
    this.numbers[4] = value;
  }

  get unpricedCalls(): number {
    return this.numbers[5] ?? 0;
  }

  set unpricedCalls(value: number) {
    this.numbers[5] = value;
  }

  get cacheHits(): number {
    return this.numbers[6] ?? 0;
  }

  set cacheHits(value: number) {
    this.numbers[6] = value;
  }

  get cacheMisses(): number {
    return this.numbers[7] ?? 0;
  }

  set cacheMisses(value: number) {
    this.numbers[7] = value;
  }

  get errors(): number {
    return this.numbers[8] ?? 0;
  }

  set errors(value: number) {
    this.numbers[8] = value;
  }

  get retries(): number {
    return this.numbers[9] ?? 0;
  }

  set retries(value: number) {
    this.numbers[9] = value;
  }

  get inputUsd(): number {
    return this.numbers[10] ?? 0;
  }

  set inputUsd(value: number) {
    this.numbers[10] = value;
  }

  get cacheReadUsd(): number {
    return this.numbers[11] ?? 0;
  }

  set cacheReadUsd(value: number) {
    this.numbers[11] = value;
  }

  get outputUsd(): number {
    return this.numbers[12] ?? 0;
  }

  set outputUsd(value: number) {
    this.numbers[12] = value;
  }
}
