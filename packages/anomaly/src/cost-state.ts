import { ALLOWANCE, type CostModel, ENTRIES, LEVELS, WIDTH } from './cost-model.ts';
import { type MemoryPool, type Piece, takePiece } from './memory-pool.ts';

const NUMBERS = 7;
const LEVELS_AT = 8 * NUMBERS;
const RING_AT = LEVELS_AT + 4 * LEVELS * WIDTH;
const STAMPS_AT = RING_AT + 8 * ENTRIES;

/** Bytes of the cost model of a scope. */
export const COST_BYTES: number = 8 * Math.ceil((STAMPS_AT + 2 * ENTRIES) / 8);

/** A cost model whose state lies in a piece of memory, as that of `CountState` does. */
export class CostState implements CostModel {
  readonly #doubles: Float64Array<ArrayBuffer>;
  readonly #offset: number;
  readonly #at: number;
  #levels: Float32Array | undefined;
  #ring: Float32Array | undefined;
  #stamps: Uint16Array | undefined;

  constructor({ doubles, offset }: Piece) {
    this.#doubles = doubles;
    this.#offset = offset;
    this.#at = offset / 8;
  }

  get numbers(): Float64Array {
    return this.#doubles.subarray(this.#at, this.#at + NUMBERS);
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.#doubles.buffer, this.#offset, COST_BYTES);
  }

  get levels(): Float32Array {
    this.#levels ??= new Float32Array(
      this.#doubles.buffer,
      this.#offset + LEVELS_AT,
      LEVELS * WIDTH,
    );
    return this.#levels;
  }

  get ring(): Float32Array {
    this.#ring ??= new Float32Array(this.#doubles.buffer, this.#offset + RING_AT, 2 * ENTRIES);
    return this.#ring;
  }

  get stamps(): Uint16Array {
    this.#stamps ??= new Uint16Array(this.#doubles.buffer, this.#offset + STAMPS_AT, ENTRIES);
    return this.#stamps;
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

  get firstBlock(): number {
    return this.#doubles[this.#at + 2] ?? 0;
  }

  set firstBlock(value: number) {
    this.#doubles[this.#at + 2] = value;
  }

  get lastBlock(): number {
    return this.#doubles[this.#at + 3] ?? 0;
  }

  set lastBlock(value: number) {
    this.#doubles[this.#at + 3] = value;
  }

  get excessBlock(): number {
    return this.#doubles[this.#at + 4] ?? 0;
  }

  set excessBlock(value: number) {
    this.#doubles[this.#at + 4] = value;
  }

  get excessRatio(): number {
    return this.#doubles[this.#at + 5] ?? 0;
  }

  set excessRatio(value: number) {
    this.#doubles[this.#at + 5] = value;
  }

  get allowance(): number {
    return this.#doubles[this.#at + 6] ?? 0;
  }

  set allowance(value: number) {
    this.#doubles[this.#at + 6] = value;
  }
}

/** Makes a model one that knows nothing, whatever it knew. */
export function beginCosts(state: CostModel): void {
  state.bytes.fill(0);
  state.firstBlock = -1;
  state.lastBlock = -1;
  state.excessBlock = -1;
  state.excessRatio = 1;
  state.allowance = ALLOWANCE;
}

/** Creates a model in a piece of its own; `beginCosts` makes it usable. */
export function createCostModel(pool: MemoryPool): CostModel {
  return new CostState(takePiece(pool, COST_BYTES));
}
