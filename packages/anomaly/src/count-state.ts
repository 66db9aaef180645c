import { ALLOWANCE, BLOCKS_PER_HOUR, type CountModel } from './count-model.ts';
import { RING_HOURS } from './hour-ring.ts';
import { fillSpreads, SPREAD_FIELDS } from './spread.ts';

const NUMBERS = 16;
const SLOTS = 168;
const BLOCKS = 2 * BLOCKS_PER_HOUR;
const DAY = 72;
const BLOCKS_AT = 8 * NUMBERS + 4 * SLOTS;
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
  readonly #buffer: ArrayBuffer;
  readonly #offset: number;
  #numbers: Float64Array | undefined;
  #slots: Float32Array | undefined;
  #blocks: Float32Array | undefined;
  #day: Float32Array | undefined;
  #spreads: Float32Array | undefined;
  #hours: Uint8Array | undefined;
  #leftOut: Uint8Array | undefined;

  constructor(buffer: ArrayBuffer, offset: number) {
    this.#buffer = buffer;
    this.#offset = offset;
  }

  get numbers(): Float64Array {
    this.#numbers ??= new Float64Array(this.#buffer, this.#offset, NUMBERS);
    return this.#numbers;
  }

  get slots(): Float32Array {
    this.#slots ??= new Float32Array(this.#buffer, this.#offset + 8 * NUMBERS, SLOTS);
    return this.#slots;
  }

  get blocks(): Float32Array {
    this.#blocks ??= new Float32Array(this.#buffer, this.#offset + BLOCKS_AT, BLOCKS);
    return this.#blocks;
  }

  get day(): Float32Array {
    this.#day ??= new Float32Array(this.#buffer, this.#offset + DAY_AT, DAY);
    return this.#day;
  }

  get spreads(): Float32Array {
    this.#spreads ??= new Float32Array(this.#buffer, this.#offset + SPREADS_AT, SPREAD_FIELDS);
    return this.#spreads;
  }

  get hours(): Uint8Array {
    this.#hours ??= new Uint8Array(this.#buffer, this.#offset + HOURS_AT, RING_HOURS);
    return this.#hours;
  }

  get leftOut(): Uint8Array {
    this.#leftOut ??= new Uint8Array(this.#buffer, this.#offset + LEFT_OUT_AT, RING_HOURS / 8);
    return this.#leftOut;
  }

  get firstHour(): number {
    return this.numbers[0] ?? 0;
  }

  set firstHour(value: number) {
    this.numbers[0] = value;
  }

  get lastHour(): number {
    return this.numbers[1] ?? 0;
  }

  set lastHour(value: number) {
    this.numbers[1] = value;
  }

  get lastBlock(): number {
    return this.numbers[2] ?? 0;
  }

  set lastBlock(value: number) {
    this.numbers[2] = value;
  }

  get total(): number {
    return this.numbers[3] ?? 0;
  }

  set total(value: number) {
    this.numbers[3] = value;
  }

  get level(): number {
    return this.numbers[4] ?? 0;
  }

  set level(value: number) {
    this.numbers[4] = value;
  }

  get fittedHour(): number {
    return this.numbers[5] ?? 0;
  }

  set fittedHour(value: number) {
    this.numbers[5] = value;
  }

  get excessBlock(): number {
    return this.numbers[6] ?? 0;
  }

  set excessBlock(value: number) {
    this.numbers[6] = value;
  }

  get excessObserved(): number {
    return this.numbers[7] ?? 0;
  }

  set excessObserved(value: number) {
    this.numbers[7] = value;
  }

  get excessExpected(): number {
    return this.numbers[8] ?? 0;
  }

  set excessExpected(value: number) {
    this.numbers[8] = value;
  }

  get endBlock(): number {
    return this.numbers[9] ?? 0;
  }

  set endBlock(value: number) {
    this.numbers[9] = value;
  }

  get allowance(): number {
    return this.numbers[10] ?? 0;
  }

  set allowance(value: number) {
    this.numbers[10] = value;
  }

  get habit(): number {
    return this.numbers[11] ?? 0;
  }

  set habit(value: number) {
    this.numbers[11] = value;
  }

  get lateObserved(): number {
    return this.numbers[12] ?? 0;
  }

  set lateObserved(value: number) {
    this.numbers[12] = value;
  }

  get lateExpected(): number {
    return this.numbers[13] ?? 0;
  }

  set lateExpected(value: number) {
    this.numbers[13] = value;
  }

  get partObserved(): number {
    return this.numbers[14] ?? 0;
  }

  set partObserved(value: number) {
    this.numbers[14] = value;
  }

  get partExpected(): number {
    return this.numbers[15] ?? 0;
  }

  set partExpected(value: number) {
    this.numbers[15] = value;
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
