import { readdirSync, readFileSync } from 'node:fs';
import type { Carried } from './measure-carried.ts';
import type { Json } from './provider/model-answer.ts';
import type { TrueCall } from './read-truth.ts';

/** A call with what its spans know of it. */
export type CapturedCall = TrueCall & Carried;

/** One step of a capture. */
export interface CapturedStep {
  readonly name: string;
  readonly truth: readonly CapturedCall[];
  readonly traces: { readonly resourceSpans: readonly Json[] };
}

/** A file of `captured/`, as README.md describes it. */
export interface Capture {
  readonly name: string;
  readonly library: string;
  readonly version: string;
  readonly language: string;
  readonly source: 'captured' | 'documented';
  readonly packages: Readonly<Record<string, string>>;
  readonly scopes: readonly string[];
  readonly steps: readonly CapturedStep[];
}

/** Every capture by its name, in order of names. */
export function readCaptures(): readonly Capture[] {
  const folder = new URL('./captured/', import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
}
