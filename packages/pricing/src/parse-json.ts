/** A place in a text file; both start at 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** A step from a JSON value to one inside it. */
export type JsonStep = string | number;

/** JSON text read strictly, or the first problem with its place. */
export type ParsedJson =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** Where the value at a path begins; undefined when there is no such path. */
      readonly positionOf: (path: readonly JsonStep[]) => TextPosition | undefined;
    }
  | { readonly ok: false; readonly problem: string; readonly position: TextPosition };

const DEEPEST = 32;
const MOST_MEMBERS = 60_000;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;

/**
 * Parses JSON that a stranger may have written. Beyond the grammar it refuses duplicate keys, keys named `__proto__`,
 * `constructor` or `prototype`, numbers outside the range of a double, nesting deeper than 32 and more than 60,000 members
 * in one place. Never throws.
 */
export function parseJson(text: string): ParsedJson {
  const reader = new JsonReader(text);
  const value = reader.document();
  if (reader.problem !== undefined) {
    return { ok: false, problem: reader.problem, position: positionAt(text, reader.at) };
  }
  return {
    ok: true,
    value,
    positionOf(path) {
      const finder = new JsonReader(text, path);
      finder.document();
      return finder.found === undefined ? undefined : positionAt(text, finder.found);
    },
  };
}

/** Line and column of an offset. */
function positionAt(text: string, offset: number): TextPosition {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}

/** Reads one document; stops at the first problem, with `at` on it. */
class JsonReader {
  at = 0;
  problem: string | undefined;
  found: number | undefined;
  readonly #text: string;
  readonly #wanted: readonly JsonStep[] | undefined;

  constructor(text: string, wanted?: readonly JsonStep[]) {
    this.#text = text;
    this.#wanted = wanted;
  }

  document(): unknown {
    this.#space();
    const value = this.#value(0, true);
    this.#space();
    if (this.problem === undefined && this.at < this.#text.length) {
      this.#fail('expected the end of the file');
    }
    return value;
  }

  #fail(problem: string): undefined {
    this.problem ??= problem;
    return undefined;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.at += match[0].length;
    return match[0];
  }

  #space(): void {
    this.#match(SPACE);
  }

  #value(depth: number, isOnPath: boolean): unknown {
    if (isOnPath && this.#wanted?.length === depth) {
      this.found = this.at;
      return this.#fail('found');
    }
    const first = this.#text.charAt(this.at);
    if (first === '{') return this.#object(depth, isOnPath);
    if (first === '[') return this.#array(depth, isOnPath);
    if (first === '"') return this.#string();
    if (first === '-' || (first >= '0' && first <= '9')) return this.#number();
    return this.#word();
  }

  #word(): unknown {
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (!this.#text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    return this.#fail('expected a JSON value');
  }

  #number(): unknown {
    const start = this.at;
    const value = Number(this.#match(NUMBER) ?? Number.NaN);
    if (Number.isFinite(value)) return value;
    this.at = start;
    return this.#fail('expected a number in the range of a double');
  }

  #string(): string | undefined {
    const end = closingQuote(this.#text, this.at);
    const value = end < 0 ? undefined : decodeString(this.#text.slice(this.at, end + 1));
    if (value === undefined) return this.#fail('expected a closed string with valid escapes');
    this.at = end + 1;
    return value;
  }

  #isTooDeep(depth: number): boolean {
    if (depth < DEEPEST) return false;
    this.#fail(`expected at most ${DEEPEST} levels of nesting`);
    return true;
  }

  #tooMany(): undefined {
    return this.#fail(`expected at most ${MOST_MEMBERS} members`);
  }

  #array(depth: number, isOnPath: boolean): unknown {
    if (this.#isTooDeep(depth)) return undefined;
    const values: unknown[] = [];
    this.at += 1;
    this.#space();
    if (this.#take(']')) return values;
    while (this.problem === undefined) {
      this.#space();
      if (values.length >= MOST_MEMBERS) this.#tooMany();
      const isNext = isOnPath && this.#wanted?.[depth] === values.length;
      values.push(this.#value(depth + 1, isNext));
      this.#space();
      if (this.problem !== undefined || this.#take(']')) break;
      if (!this.#take(',')) this.#fail('expected , or ]');
    }
    return values;
  }

  #object(depth: number, isOnPath: boolean): unknown {
    if (this.#isTooDeep(depth)) return undefined;
    const value: Record<string, unknown> = {};
    this.at += 1;
    this.#space();
    if (this.#take('}')) return value;
    for (let count = 1; this.problem === undefined; count += 1) {
      this.#space();
      const key = count > MOST_MEMBERS ? this.#tooMany() : this.#key(value);
      if (key === undefined) break;
      this.#space();
      const isNext = isOnPath && this.#wanted?.[depth] === key;
      value[key] = this.#value(depth + 1, isNext);
      this.#space();
      if (this.problem !== undefined || this.#take('}')) break;
      if (!this.#take(',')) this.#fail('expected , or }');
    }
    return value;
  }

  #key(seen: Readonly<Record<string, unknown>>): string | undefined {
    const start = this.at;
    if (this.#text.charAt(start) !== '"') return this.#fail('expected a key in double quotes');
    const key = this.#string();
    if (key === undefined) return undefined;
    const problem = keyProblem(key, seen);
    if (problem !== undefined) {
      this.at = start;
      return this.#fail(problem);
    }
    this.#space();
    return this.#take(':') ? key : this.#fail('expected : after the key');
  }

  #take(text: string): boolean {
    if (this.#text.charAt(this.at) !== text) return false;
    this.at += 1;
    return true;
  }
}

/** Offset of the quote that closes the string opened at `start`, or -1. */
function closingQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) return at;
    if (unit < 0x20) return -1;
    if (unit === 0x5c) at += 1;
  }
  return -1;
}

function decodeString(raw: string): string | undefined {
  if (!raw.includes('\\')) return raw.slice(1, -1);
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function keyProblem(key: string, seen: Readonly<Record<string, unknown>>): string | undefined {
  if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
    return `the key ${key} is not allowed`;
  }
  return Object.hasOwn(seen, key) ? `duplicate key ${JSON.stringify(key.slice(0, 80))}` : undefined;
}
