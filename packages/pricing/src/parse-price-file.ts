import { contentHash } from './content-hash.ts';
import { decodeLitellmFile, isLitellmFile } from './litellm-file.ts';
import { parseJson, type TextPosition } from './parse-json.ts';
import type { PriceLayer } from './price-book.ts';

/** What is wrong in a price file, and where. */
export interface PriceFileProblem {
  /** Such as `gpt-4o.input_cost_per_token`; empty for the whole file. */
  readonly path: string;
  readonly problem: string;
  readonly position?: TextPosition;
}

/** How a file takes part in a book. */
export interface PriceFileOptions {
  /** Short name for versions and messages, such as the file's name without its folder. */
  readonly name: string;
  readonly mode: 'overlay' | 'replace';
}

/** A layer for `withLayers`, or every problem found. */
export type ParsedPriceFile =
  | { readonly ok: true; readonly layer: PriceLayer }
  | { readonly ok: false; readonly problems: readonly PriceFileProblem[] };

const LONGEST_TEXT = 8_000_000;

/** Reads the text of a user's price file. Accepts LiteLLM's JSON as it is. Never throws. */
export function parsePriceFile(text: string, options: PriceFileOptions): ParsedPriceFile {
  if (text.length > LONGEST_TEXT) {
    return refused(`expected at most ${LONGEST_TEXT} characters, got ${text.length}`, {
      line: 1,
      column: 1,
    });
  }
  const json = parseJson(text);
  if (!json.ok) return refused(json.problem, json.position);
  if (!isLitellmFile(json.value)) {
    return refused('expected an object of models with prices in LiteLLM form', json.positionOf([]));
  }
  const { rows, problems } = decodeLitellmFile(json.value);
  if (problems.length > 0) {
    return {
      ok: false,
      problems: problems.slice(0, 20).map(({ path, problem }) => {
        const position = json.positionOf(path);
        return { path: path.join('.'), problem, ...(position === undefined ? {} : { position }) };
      }),
    };
  }
  return {
    ok: true,
    layer: {
      name: options.name,
      source: 'user',
      mode: options.mode,
      version: `${options.name}-${contentHash(text)}`,
      rows,
    },
  };
}

function refused(problem: string, position: TextPosition | undefined): ParsedPriceFile {
  return {
    ok: false,
    problems: [{ path: '', problem, ...(position === undefined ? {} : { position }) }],
  };
}
