/** One row that was left out. */
export interface RowProblem {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly reason: string;
}

const KEPT = 20;

/** Rows that were left out: all are counted, the first ones are kept. */
export class RowProblems {
  readonly first: RowProblem[] = [];
  /** Remarks on the file as a whole. */
  readonly remarks: string[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(line: number, reason: string): void {
    this.#count += 1;
    if (this.first.length < KEPT) this.first.push({ line, reason });
  }

  remark(text: string): void {
    this.remarks.push(text);
  }
}
