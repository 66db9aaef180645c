/** One row that was left out. */
export interface RowProblem {
  /** Line of the file, from 1. */
  readonly line: number;
  /** Character of the line, from 1, at which the cell begins; undefined where it is the whole row. */
  readonly column?: number;
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

  add(line: number, reason: string, column?: number): void {
    this.#count += 1;
    if (this.first.length >= KEPT) return;
    this.first.push({ line, ...(column !== undefined && { column }), reason });
  }

  remark(text: string): void {
    this.remarks.push(text);
  }
}
