import { open } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import {
  type JsonStep,
  type ParsedPriceFile,
  type PriceFileOptions,
  type PriceFileProblem,
  parseJson,
  parsePriceFileValue,
  type TextPosition,
} from '@tokenmeter/pricing';
import { CommandError } from './io.ts';
import { parseYaml } from './price-yaml.ts';

/** A price file as a value, with the place of everything in it. */
export interface PriceDocument {
  readonly value: unknown;
  readonly text: string;
  readonly positionOf: (path: readonly JsonStep[]) => TextPosition | undefined;
}

/** A document, or the first thing that is neither JSON nor YAML. */
export type ParsedDocument =
  | { readonly ok: true; readonly document: PriceDocument }
  | { readonly ok: false; readonly problems: readonly PriceFileProblem[] };

/** Most bytes of a price file; LiteLLM's whole list has about 2 million. */
export const MOST_PRICE_BYTES = 8_000_000;

/** Reads the text of a price file, also of a pipe. Throws a `CommandError` when it cannot be read or is too large. */
export async function readPriceText(path: string, cwd: string): Promise<string> {
  try {
    await using file = await open(resolve(cwd, path), 'r');
    const buffer = Buffer.allocUnsafe(MOST_PRICE_BYTES + 1);
    let length = 0;
    // A pipe gives little at a time, and a device may never end.
    while (length <= MOST_PRICE_BYTES) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      if (bytesRead === 0) return buffer.toString('utf8', 0, length);
      length += bytesRead;
    }
  } catch (error) {
    throw new CommandError(`price file ${path} cannot be read`, {
      hint: 'check the path; it is taken from the folder in which the command runs',
      exitCode: 2,
      cause: error,
    });
  }
  throw new CommandError(`${path}:1:1: expected at most ${MOST_PRICE_BYTES} bytes`, {
    hint: 'split the file; several price files may be named, the first one that knows a model wins',
    exitCode: 2,
  });
}

/** Parses the text of a price file as YAML or JSON, by its name or, where that tells nothing, by its first character. */
export function parsePriceDocument(path: string, text: string): ParsedDocument {
  const plain = text.replace(/^\uFEFF/, '');
  const parsed = isYaml(path, plain) ? parseYaml(plain) : parseJson(plain);
  if (!parsed.ok) {
    const problem = { path: '', message: parsed.problem, position: parsed.position };
    return { ok: false, problems: [problem] };
  }
  const { value, positionOf } = parsed;
  return { ok: true, document: { value, text: plain, positionOf } };
}

/** Parses the text of a price file into a layer, or tells every problem. `name` defaults to the file's own. */
export function parsePriceText(
  path: string,
  text: string,
  options: Omit<PriceFileOptions, 'name'> & { readonly name?: string },
): ParsedPriceFile {
  const parsed = parsePriceDocument(path, text);
  return parsed.ok
    ? parsePriceFileValue(parsed.document, { name: basename(path), ...options })
    : parsed;
}

function isYaml(path: string, text: string): boolean {
  if (/\.ya?ml$/i.test(path)) return true;
  if (/\.json$/i.test(path)) return false;
  const first = text.trimStart().charAt(0);
  return first !== '{' && first !== '[';
}

/** One problem as editors and people follow it: `file:line:column: path: message`. */
export function describeProblem(path: string, problem: PriceFileProblem): string {
  const { path: key, message, position } = problem;
  const place = position === undefined ? path : `${path}:${position.line}:${position.column}`;
  return `${place}: ${key === '' ? '' : `${key}: `}${message}`;
}
