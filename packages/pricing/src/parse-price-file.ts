import { contentHash } from './content-hash.ts';
import { decodeLitellmFile, isLitellmFile } from './litellm-file.ts';
import { decodeModelsDevFile, isModelsDevFile } from './models-dev-file.ts';
import { decodeNativeFile, isNativeFile } from './native-file.ts';
import { type JsonStep, parseJson, type TextPosition } from './parse-json.ts';
import type { PriceLayer } from './price-book.ts';
import type { ValueProblem } from './price-fields.ts';
import type { PriceRow } from './rate-card.ts';

/** What is wrong in a price file, and where. */
export interface PriceFileProblem {
  /** Such as `gpt-4o.input_cost_per_token`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  readonly position?: TextPosition;
}

/** How a file takes part in a book. */
export interface PriceFileOptions {
  /** Short name for versions and messages, such as the file's name without its folder. */
  readonly name: string;
  readonly mode: 'overlay' | 'replace';
  /** `catalog` for a refreshed catalogue; default `user`. */
  readonly source?: 'user' | 'catalog';
  /** Problems beyond this many are not told; default 10, because finding the place of each takes time. */
  readonly mostProblems?: number;
}

/** A file that was read by another parser, such as one for YAML. */
export interface PriceFileValue {
  readonly value: unknown;
  /** The text of the file; it gives the layer its version. */
  readonly text: string;
  /** Where the value at a path begins, if the parser knows. */
  readonly positionOf?: (path: readonly JsonStep[]) => TextPosition | undefined;
}

/** A layer for `withLayers`, or every problem found. */
export type ParsedPriceFile =
  | { readonly ok: true; readonly layer: PriceLayer }
  | { readonly ok: false; readonly problems: readonly PriceFileProblem[] };

const LONGEST_TEXT = 8_000_000;
const MOST_ROWS = 50_000;
const MOST_PROBLEMS = 10;
const START: TextPosition = { line: 1, column: 1 };

/**
 * Reads the text of a user's price file: our own form, LiteLLM's JSON as it is, or models.dev's `api.json`, told apart by
 * their shape. Refuses with a position what is not strict JSON, has duplicate or dangerous keys, or is too large.
 * Never throws.
 */
export function parsePriceFile(text: string, options: PriceFileOptions): ParsedPriceFile {
  if (text.length > LONGEST_TEXT) {
    return refused(`expected at most ${LONGEST_TEXT} characters, got ${text.length}`, START);
  }
  const json = parseJson(text);
  if (!json.ok) return refused(json.problem, json.position);
  return parsePriceFileValue({ value: json.value, text, positionOf: json.positionOf }, options);
}

/** Reads a price file that another parser has turned into a value; see `parsePriceFile`. Never throws. */
export function parsePriceFileValue(
  file: PriceFileValue,
  options: PriceFileOptions,
): ParsedPriceFile {
  const positionOf = file.positionOf ?? (() => undefined);
  const decoded = decodeAny(file.value);
  if (decoded === undefined) {
    const forms = 'expected a list `prices`, models in LiteLLM form, or models.dev providers';
    return refused(forms, positionOf([]) ?? START);
  }
  const { rows, problems } = decoded;
  if (problems.length > 0) {
    return {
      ok: false,
      problems: problems.slice(0, options.mostProblems ?? MOST_PROBLEMS).map(located(positionOf)),
    };
  }
  if (rows.length > MOST_ROWS) return refused(`expected at most ${MOST_ROWS} prices`, START);
  return {
    ok: true,
    layer: {
      name: options.name,
      source: options.source ?? 'user',
      mode: options.mode,
      version: `${options.name}-${contentHash(file.text)}`,
      rows,
    },
  };
}

function decodeAny(
  value: unknown,
): { readonly rows: readonly PriceRow[]; readonly problems: readonly ValueProblem[] } | undefined {
  if (isNativeFile(value)) return decodeNativeFile(value);
  if (isModelsDevFile(value)) return decodeModelsDevFile(value);
  if (isLitellmFile(value)) return decodeLitellmFile(value);
  return undefined;
}

function located(
  positionOf: (path: readonly JsonStep[]) => TextPosition | undefined,
): (problem: ValueProblem) => PriceFileProblem {
  return ({ path, problem }) => {
    const position = positionOf(path);
    return {
      path: path.join('.'),
      message: problem,
      ...(position === undefined ? {} : { position }),
    };
  };
}

function refused(message: string, position: TextPosition): ParsedPriceFile {
  return { ok: false, problems: [{ path: '', message, position }] };
}
