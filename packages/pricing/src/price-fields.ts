import type { RequestClass, TokenClass } from '@tokenmeter/core';
import { REQUEST_CLASS_NAMES, TOKEN_CLASS_NAMES } from './cost-classes.ts';
import { type Instant, parseInstant } from './parse-instant.ts';
import type { JsonStep } from './parse-json.ts';

/** A value in a file that does not fit, by its path. */
export interface ValueProblem {
  readonly path: readonly JsonStep[];
  readonly problem: string;
}

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Tells whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Highest price that is believed, in USD per million tokens, per request or per second. */
const HIGHEST_USD = 1_000_000;
const LONGEST_TEXT = 1000;

/** Reads fields of one object and notes every value that does not fit. */
export class FieldReader {
  readonly #object: JsonObject;
  readonly #path: readonly JsonStep[];
  readonly #problems: ValueProblem[];

  constructor(object: JsonObject, path: readonly JsonStep[], problems: ValueProblem[]) {
    this.#object = object;
    this.#path = path;
    this.#problems = problems;
  }

  /** Notes a problem with a field, or with the object itself. */
  refuse(key: JsonStep | undefined, problem: string): undefined {
    this.#problems.push({ path: key === undefined ? this.#path : [...this.#path, key], problem });
    return undefined;
  }

  /** Refuses fields whose names are not in the list. */
  allow(names: ReadonlySet<string>): void {
    for (const key of Object.keys(this.#object)) {
      if (!names.has(key))
        this.refuse(key, `unknown field, expected one of ${[...names].join(', ')}`);
    }
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#object, key) && this.#object[key] !== undefined;
  }

  text(key: string): string | undefined {
    if (!this.has(key)) return undefined;
    const value = this.#object[key];
    const isText = typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_TEXT;
    return isText ? value.trim() : this.refuse(key, 'expected a text that is not empty');
  }

  flag(key: string): boolean | undefined {
    if (!this.has(key)) return undefined;
    const value = this.#object[key];
    return typeof value === 'boolean' ? value : this.refuse(key, 'expected true or false');
  }

  /** A number from 0 to one million. */
  usd(key: string): number | undefined {
    if (!this.has(key)) return undefined;
    const value = this.#object[key];
    const isPrice = typeof value === 'number' && value >= 0 && value <= HIGHEST_USD;
    return isPrice ? value : this.refuse(key, 'expected a number of USD from 0 to 1,000,000');
  }

  /** A whole number above 0. */
  count(key: string): number | undefined {
    if (!this.has(key)) return undefined;
    const value = this.#object[key];
    const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
    return isCount ? value : this.refuse(key, 'expected a whole number above 0');
  }

  instant(key: string): Instant | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    return (
      parseInstant(text) ??
      this.refuse(key, 'expected a date such as 2026-03-01 or a time such as 2026-03-01T16:00:00Z')
    );
  }

  texts(key: string): readonly string[] | undefined {
    if (!this.has(key)) return undefined;
    const value = this.#object[key];
    if (!Array.isArray(value)) return this.refuse(key, 'expected a list of texts');
    const texts = value.filter((each) => typeof each === 'string' && each.trim() !== '');
    if (texts.length < value.length) return this.refuse(key, 'expected a list of texts');
    return texts.map((each) => String(each).trim().toLowerCase());
  }

  object(key: string): FieldReader | undefined {
    if (!this.has(key)) return undefined;
    const value = this.#object[key];
    if (!isObject(value)) return this.refuse(key, 'expected an object');
    return new FieldReader(value, [...this.#path, key], this.#problems);
  }

  objects(key: string): readonly FieldReader[] | undefined {
    if (!this.has(key)) return undefined;
    const value = this.#object[key];
    if (!Array.isArray(value)) return this.refuse(key, 'expected a list');
    return value.flatMap((each, at) => {
      const path = [...this.#path, key, at];
      if (isObject(each)) return [new FieldReader(each, path, this.#problems)];
      this.#problems.push({ path, problem: 'expected an object' });
      return [];
    });
  }

  keys(): readonly string[] {
    return Object.keys(this.#object);
  }

  raw(key: string): unknown {
    return this.has(key) ? this.#object[key] : undefined;
  }
}

/** USD per million tokens by class, as integer pico-USD per token. */
export function readTokenRates(
  reader: FieldReader | undefined,
): Partial<Record<TokenClass, number>> {
  const rates: Partial<Record<TokenClass, number>> = {};
  if (reader === undefined) return rates;
  reader.allow(new Set(TOKEN_CLASS_NAMES));
  for (const name of TOKEN_CLASS_NAMES) {
    const usd = reader.usd(name);
    if (usd !== undefined) rates[name] = Math.round(usd * 1e6);
  }
  return rates;
}

/** USD per request by class, as integer pico-USD. */
export function readRequestFees(
  reader: FieldReader | undefined,
): Partial<Record<RequestClass, number>> {
  const fees: Partial<Record<RequestClass, number>> = {};
  if (reader === undefined) return fees;
  reader.allow(new Set(REQUEST_CLASS_NAMES));
  for (const name of REQUEST_CLASS_NAMES) {
    const usd = reader.usd(name);
    if (usd !== undefined) fees[name] = Math.round(usd * 1e12);
  }
  return fees;
}
