import { auditCopy } from './audit-copy.ts';
import type { RequestCounts, TokenCounts, Usage } from './call-record.ts';
import { fieldOf, isRecord } from './wire-value.ts';

/** No call has more tokens than this (ten times the largest known context); a larger count is a mistake. */
export const MOST_TOKENS = 100_000_000;

/** No call makes more searches, or other billed requests, than this. */
const MAX_REQUESTS = 100_000;

/**
 * Reads the counts of one usage object and remembers the first thing that is wrong with it. A count is a non-negative
 * integer; null and absent mean not reported. Anything else makes the whole usage `inconsistent`, never a number.
 */
export class CountSheet {
  readonly #raw: unknown;
  #problem: string | undefined;
  #seen = false;

  constructor(raw: unknown) {
    this.#raw = raw;
    if (!isRecord(raw)) this.fail('usage_not_an_object');
  }

  /** True once a count was found. */
  get hasCounts(): boolean {
    return this.#seen;
  }

  fail(problem: string): void {
    this.#problem ??= problem;
  }

  /** The count under the first of the keys that has one. */
  count(source: unknown, ...keys: readonly string[]): number | undefined {
    for (const key of keys) {
      const value = fieldOf(source, key);
      if (value === undefined || value === null) continue;
      const problem = countProblem(value);
      if (problem !== undefined) this.fail(problem);
      if (problem !== undefined || typeof value !== 'number') return undefined;
      this.#seen = true;
      // -0 is zero.
      return value + 0;
    }
    return undefined;
  }

  /** What is left of a total after its parts; undefined without a total and without parts. */
  rest(
    total: number | undefined,
    parts: readonly (number | undefined)[],
    problem: string,
  ): number | undefined {
    if (total === undefined) return undefined;
    const left = parts.reduce<number>((value, part) => value - (part ?? 0), total);
    if (left < 0) this.fail(problem);
    return left;
  }

  /** The verdict. Without a single count, and without a cost, the usage is missing. */
  usage(tokens: TokenCounts, requests: RequestCounts, providerCostUsd?: number): Usage {
    if (!Object.values(requests).every(isRequestCount)) this.fail('count_too_large');
    const problem = this.#problem;
    const source = this.#raw;
    // Few ever look at it: the copy is made for those who do.
    if (problem !== undefined) {
      return {
        kind: 'inconsistent',
        problem,
        get raw() {
          return auditCopy(source);
        },
      };
    }
    if (!this.#seen && providerCostUsd === undefined) return { kind: 'missing' };
    return {
      kind: 'reported',
      tokens,
      requests,
      ...(providerCostUsd === undefined ? {} : { providerCostUsd }),
      get raw() {
        return auditCopy(source);
      },
    };
  }
}

function isRequestCount(count: number): boolean {
  return count <= MAX_REQUESTS;
}

function countProblem(value: unknown): string | undefined {
  if (typeof value !== 'number' || Number.isNaN(value)) return 'count_not_a_number';
  if (value < 0) return 'count_negative';
  if (value > MOST_TOKENS) return 'count_too_large';
  return Number.isInteger(value) ? undefined : 'count_fractional';
}
