import { ALLOWANCE, BLOCKS_PER_HOUR, type CountModel } from './count-model.ts';
import { RING_HOURS } from './hour-ring.ts';
import type { Piece } from './memory-pool.ts';
import { fillSpreads, SPREAD_FIELDS } from './spread.ts';

const NUMBERS = 17;
const SLOTS = 168;
const BLOCKS = 2 * BLOCKS_PER_HOUR;
const DAY = 72;
const BLOCKS_AT = 8 * NUMBERS + 2 * SLOTS;
const DAY_AT = BLOCKS_AT + 4 * BLOCKS;
const SPREADS_AT = DAY_AT + 4 * DAY;
const HOURS_AT = SPREADS_AT + 4 * SPREAD_FIELDS;
const LEFT_OUT_AT = HOURS_AT + RING_HOURS;

/** Bytes of the count model of a scope. */
export const COUNT_BYTES: number = 8 * Math.ceil((LEFT_OUT_AT + RING_HOURS / 8) / 8);

/**
 * A count model whose state lies in a piece of memory. The object is a window on it, made where it is looked at and thrown
 * away: a hundred thousand of them would take as much room again as what they show.
 */
export class CountState implements CountModel {
  readonly #doubles: Float64Array<ArrayBuffer>;
  readonly #offset: number;
  readonly #at: number;
  #slots: Uint16Array | undefined;
  #blocks: Float32Array | undefined;
  #day: Float32Array | undefined;
  #spreads: Float32Array | undefined;
  #hours: Uint8Array | undefined;
  #leftOut: Uint8Array | undefined;

  constructor({ doubles, offset }: Piece) {
    this.#doubles = doubles;
    this.#offset = offset;
    this.#at = offset / 8;
  }

  get numbers(): Float64Array {
    return this.#doubles.subarray(this.#at, this.#at + NUMBERS);
  }

  get slots(): Uint16Array {
    this.#slots ??= new Uint16Array(this.#doubles.buffer, this.#offset + 8 * NUMBERS, SLOTS);
    return this.#slots;
  }

  get blocks(): Float32Array {
    this.#blocks ??= new Float32Array(this.#doubles.buffer, this.#offset + BLOCKS_AT, BLOCKS);
    return this.#blocks;
  }

  get day(): Float32Array {
    this.#day ??= new Float32Array(this.#doubles.buffer, this.#offset + DAY_AT, DAY);
    return this.#day;
  }

  get spreads(): Float32Array {
    this.#spreads ??= new Float32Array(
      this.#doubles.buffer,
      this.#offset + SPREADS_AT,
      SPREAD_FIELDS,
    );
    return this.#spreads;
  }

  get hours(): Uint8Array {
    this.#hours ??= new Uint8Array(this.#doubles.buffer, this.#offset + HOURS_AT, RING_HOURS);
    return this.#hours;
  }

  get leftOut(): Uint8Array {
    this.#leftOut ??= new Uint8Array(
      this.#doubles.buffer,
      this.#offset + LEFT_OUT_AT,
      RING_HOURS / 8,
    );
    return this.#leftOut;
  }

  get firstHour(): number {
    return this.#doubles[this.#at] ?? 0;
  }

  set firstHour(value: number) {
    this.#doubles[this.#at] = value;
  }

  get lastHour(): number {
    return this.#doubles[this.#at + 1] ?? 0;
  }

  set lastHour(value: number) {
    this.#doubles[this.#at + 1] = value;
  }

  get lastBlock(): number {
    return this.#doubles[this.#at + 2] ?? 0;
  }

  set lastBlock(value: number) {
    this.#doubles[this.#at + 2] = value;
  }

  get total(): number {
    return this.#doubles[this.#at + 3] ?? 0;
  }

  set total(value: number) {
    this.#doubles[this.#at + 3] = value;
  }

  get level(): number {
    return this.#doubles[this.#at + 4] ?? 0;
  }

  set level(value: number) {
    this.#doubles[this.#at + 4] = value;
  }

  get fittedHour(): number {
    return this.#doubles[this.#at + 5] ?? 0;
  }

  set fittedHour(value: number) {
    this.#doubles[this.#at + 5] = value;
  }

  get excessBlock(): number {
    return this.#doubles[this.#at + 6] ?? 0;
  }

  set excessBlock(value: number) {
    this.#doubles[this.#at + 6] = value;
  }

  get excessObserved(): number {
    return this.#doubles[this.#at + 7] ?? 0;
  }

  set excessObserved(value: number) {
    this.#doubles[this.#at + 7] = value;
  }

  get excessExpected(): number {
    return this.#doubles[this.#at + 8] ?? 0;
  }

  set excessExpected(value: number) {
    this.#doubles[this.#at + 8] = value;
  }

  get endBlock(): number {
    return this.#doubles[this.#at + 9] ?? 0;
  }

  set endBlock(value: number) {
    this.#doubles[this.#at + 9] = value;
  }

  get allowance(): number {
    return this.#doubles[this.#at + 10] ?? 0;
  }

  set allowance(value: number) {
    this.#doubles[this.#at + 10] = value;
  }

  get habit(): number {
    return this.#doubles[this.#at + 11] ?? 0;
  }

  set habit(value: number) {
    this.#doubles[this.#at + 11] = value;
  }

  get lateObserved(): number {
    return this.#doubles[this.#at + 12] ?? 0;
  }

  set lateObserved(value: number) {
    this.#doubles[this.#at + 12] = value;
  }

  get lateExpected(): number {
    return this.#doubles[this.#at + 13] ?? 0;
  }

  set lateExpected(value: number) {
    this.#doubles[this.#at + 13] = value;
  }

  get partObserved(): number {
    return this.#doubles[this.#at + 14] ?? 0;
  }

  set partObserved(value: number) {
    this.#doubles[this.#at + 14] = value;
  }

  get partExpected(): number {
    return this.#doubles[this.#at + 15] ?? 0;
  }

  set partExpected(value: number) {
    this.#doubles[this.#at + 15] = value;
  }

  get borrowed(): number {
    return this.#doubles[this.#at + 16] ?? 0;
  }

  set borrowed(value: number) {
    this.#doubles[this.#at + 16] = value;
  }
}

/** Makes a model of nothing but zeros one that knows nothing. */
export function beginCounts(state: CountState): void {
  fillSpreads(state.spreads);
  state.firstHour = -1;
  state.lastHour = -1;
  state.lastBlock = -1;
  state.level = 1;
  state.fittedHour = -1;
  state.excessBlock = -1;
  state.endBlock = -10_000;
  state.allowance = ALLOWANCE;
}
