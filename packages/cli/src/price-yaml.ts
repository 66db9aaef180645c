import type { JsonStep, ParsedJson, TextPosition } from '@tokenmeter/pricing';
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** Parsing costs a few microseconds a token, so this many are read well within a second. */
const MOST_TOKENS = 60_000;
const DEEPEST = 32;
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** A place in the text that is not what it must be. */
class YamlError extends Error {
  override readonly name = 'YamlError';
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(problem);
    this.offset = offset;
  }
}

/**
 * Parses YAML 1.2 that a stranger may have written, as far as it says what JSON can say. Refuses duplicate and dangerous
 * keys, anchors' aliases, tags, several documents, infinite numbers, nesting deeper than 32, and files of more than
 * 60,000 tokens (about a thousand prices; JSON may be longer). Dates stay text. Never throws.
 */
export function parseYaml(text: string): ParsedJson {
  const lines = new LineCounter();
  const positionAt = (offset: number): TextPosition => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  try {
    refuseLongText(text);
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
    });
    const value = readDocument(document);
    return {
      ok: true,
      value,
      positionOf(path) {
        const offset = offsetOf(document.contents, path);
        return offset === undefined ? undefined : positionAt(offset);
      },
    };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return { ok: false, problem: error.message, position: positionAt(error.offset) };
  }
}

function refuseLongText(text: string): void {
  let tokens = 0;
  for (const _ of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > MOST_TOKENS) {
      throw new YamlError(
        `expected at most ${MOST_TOKENS} YAML tokens; write long lists as JSON`,
        0,
      );
    }
  }
}

function readDocument(document: Document.Parsed): unknown {
  const [problem] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (problem !== undefined) throw new YamlError(describe(problem), problem.pos[0]);
  const { contents } = document;
  return contents === null ? null : readNode(contents, 0);
}

function describe({ code, message }: { readonly code: string; readonly message: string }): string {
  return code === 'RESOURCE_EXHAUSTION' ? `expected at most ${DEEPEST} levels of nesting` : message;
}

function readNode(node: ParsedNode | null, depth: number): unknown {
  if (node === null) return null;
  const offset = node.range[0];
  if (depth > DEEPEST) throw new YamlError(`expected at most ${DEEPEST} levels of nesting`, offset);
  if (isMap(node)) return readMap(node, depth);
  if (isSeq(node)) return readSeq(node, depth);
  if (isScalar(node)) return readScalar(node.value, offset);
  throw new YamlError('aliases are not allowed; write the value out', offset);
}

function readScalar(value: unknown, offset: number): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new YamlError('expected a number in the range of a double', offset);
  }
  const isPlain = value === null || ['string', 'number', 'boolean'].includes(typeof value);
  if (!isPlain) throw new YamlError('expected a text, a number, true, false or null', offset);
  return value;
}

function readSeq(node: YAMLSeq.Parsed, depth: number): unknown {
  return node.items.map((item) => readNode(item, depth + 1));
}

function readMap(node: YAMLMap.Parsed, depth: number): unknown {
  const value: Record<string, unknown> = {};
  for (const pair of node.items) {
    const key = readKey(pair.key);
    if (Object.hasOwn(value, key)) {
      const offset = pair.key?.range[0] ?? node.range[0];
      throw new YamlError(`duplicate key ${JSON.stringify(key.slice(0, 80))}`, offset);
    }
    value[key] = readNode(pair.value, depth + 1);
  }
  return value;
}

/** Numbers as keys read as the text that they are written as, so that a model may be called `4`. */
function readKey(node: ParsedNode | null): string {
  if (!isScalar(node)) throw new YamlError('expected a plain key', node?.range[0] ?? 0);
  const key = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  if (FORBIDDEN.has(key)) throw new YamlError(`the key ${key} is not allowed`, node.range[0]);
  return key;
}

function offsetOf(root: ParsedNode | null, path: readonly JsonStep[]): number | undefined {
  let node: ParsedNode | null | undefined = root;
  for (const step of path) {
    if (isSeq(node) && typeof step === 'number') node = node.items[step];
    else if (isMap(node)) {
      node = node.items.find(({ key }) => isScalar(key) && keyText(key) === String(step))?.value;
    } else return undefined;
  }
  return node?.range[0];
}

function keyText(key: { readonly value: unknown; readonly source?: string }): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}
