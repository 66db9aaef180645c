import type { JsonStep, TextPosition } from '@tokenmeter/pricing';
import { isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import type { ConfigProblem } from './config-problem.ts';

/** A text that was read, with the places of its parts. */
export interface ConfigText {
  /** Undefined when the text is no YAML at all. */
  readonly value: unknown;
  /** What is wrong with the text itself. */
  readonly problems: readonly ConfigProblem[];
  /** Place of the key or list item that a path leads to, or of the nearest part around it that exists. */
  readonly positionOf: (path: readonly JsonStep[]) => TextPosition | undefined;
}

const MOST_BYTES = 1024 * 1024;
const MOST_ALIASES = 1000;

/**
 * Reads YAML 1.2, or JSON, with anchors and aliases. All problems of the text are told; repeated keys do not keep the rest
 * from being read. Never throws.
 */
export function parseConfigText(text: string): ConfigText {
  const lines = new LineCounter();
  const place = (offset: number): TextPosition => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (text.length > MOST_BYTES) {
    const problems = [{ path: [], message: `expected at most ${MOST_BYTES} characters` }];
    return { value: undefined, problems, positionOf: () => undefined };
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems: ConfigProblem[] = [...document.errors, ...document.warnings].map((error) => ({
    path: [],
    message: error.message,
    position: place(error.pos[0]),
  }));
  const isReadable = document.errors.every((error) => error.code === 'DUPLICATE_KEY');
  const value = isReadable
    ? readValue(() => document.toJS({ maxAliasCount: MOST_ALIASES }))
    : undefined;
  if (value?.problem !== undefined) problems.push({ path: [], message: value.problem });
  return {
    value: value?.value,
    problems,
    positionOf: (path) => {
      const offset = offsetOf(document.contents, path);
      return offset === undefined ? undefined : place(offset);
    },
  };
}

function readValue(read: () => unknown): { readonly value?: unknown; readonly problem?: string } {
  try {
    return { value: read() ?? {} };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'cannot be read' };
  }
}

function offsetOf(root: ParsedNode | null, path: readonly JsonStep[]): number | undefined {
  let node = root;
  let offset = root?.range[0];
  for (const step of path) {
    const [place, child] = childOf(node, step) ?? [];
    if (place === undefined) return offset;
    offset = place;
    node = child ?? null;
  }
  return offset;
}

/** Place and value of a key or list item. */
function childOf(
  node: ParsedNode | null,
  step: JsonStep,
): readonly [number | undefined, ParsedNode | null] | undefined {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step] ?? null;
    return [item?.range[0], item];
  }
  if (!isMap(node)) return undefined;
  for (const { key, value } of node.items) {
    if (isScalar(key) && String(key.value) === String(step)) return [key.range[0], value];
  }
  return undefined;
}
