import { ALLOWANCE, type CostModel, ENTRIES, LEVELS, WIDTH } from './cost-model.ts';
import { type MemoryPool, takePiece } from './memory-pool.ts';

const NUMBERS = 7;
const LEVELS_AT = 8 * NUMBERS;
const RING_AT = LEVELS_AT + 4 * LEVELS * WIDTH;
const STAMPS_AT = RING_AT + 8 * ENTRIES;

/** Bytes of the cost model of a scope. */
export const COST_BYTES: number = 8 * Math.ceil((STAMPS_AT + 4 * ENTRIES) / 8);

/** A cost model whose state lies in a piece of memory, as that of `CountState` does. */
export class CostState implements CostModel {
  readonly #buffer: ArrayBuffer;
  readonly #offset: number;
  #numbers: Float64Array | undefined;
  #levels: Float32Array | undefined;
  #ring: Float32Array | undefined;
  #stamps: Int32Array | undefined;

  constructor(buffer: ArrayBuffer, offset: number) {
    this.#buffer = buffer;
    this.#offset = offset;
  }

  get numbers(): Float64Array {
    this.#numbers ??= new Float64Array(this.#buffer, this.#offset, NUMBERS);
    return this.#numbers;
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.#buffer, this.#offset, COST_BYTES);
  }

  get levels(): Float32Array {
    this.#levels ??= new Float32Array(this.#buffer, this.#offset + LEVELS_AT, LEVELS * WIDTH);
    return this.#levels;
  }

  get ring(): Float32Array {
    this.#ring ??= new Float32Array(this.#buffer, this.#offset + RING_AT, 2 * ENTRIES);
    return this.#ring;
  }

  get stamps(): Int32Array {
    this.#stamps ??= new Int32Array(this.#buffer, this.#offset + STAMPS_AT, ENTRIES);
    return this.#stamps;
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

  get firstBlock(): number {
    return this.numbers[2] ?? 0;
  }

  set firstBlock(value: number) {
    this.numbers[2] = value;
  }

  get lastBlock(): number {
    return this.numbers[3] ?? 0;
  }

  set lastBlock(value: number) {
    this.numbers[3] = value;
  }

  get excessBlock(): number {
    return this.numbers[4] ?? 0;
  }

  set excessBlock(value: number) {
    this.numbers[4] = value;
  }

  get excessRatio(): number {
    return this.numbers[5] ?? 0;
  }

  set excessRatio(value: number) {
    this.numbers[5] = value;
  }

  get allowance(): number {
    return this.numbers[6] ?? 0;
  }

  set allowance(value: number) {
    this.numbers[6] = value;
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
  const { buffer, offset } = takePiece(pool, COST_BYTES);
  return new CostState(buffer, offset);
}
