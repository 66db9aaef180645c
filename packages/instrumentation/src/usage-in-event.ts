/** A part of a text. */
export interface TextRange {
  readonly from: number;
  readonly to: number;
}

/** How OpenAI ends its chunks (seen 2026-11): nothing needs to be searched. */
const USUAL_END = /,"usage":null(?=(?:,"obfuscation":"[^"\\]{0,400}")?\}\r?\n\r?\n$)/;

/** Between the parts of JSON that is spread over several lines of an event. */
const GAP = String.raw`(?:\s|(?<=[\r\n])data:)*`;
const NULL_VALUE = new RegExp(`${GAP}:${GAP}null${GAP}(?=[,}])`, 'y');
const COMMA_BEFORE = new RegExp(`,${GAP}$`);
const COMMA_AFTER = new RegExp(`,${GAP}`, 'y');

/**
 * Where the chunk in an event says `"usage":null`, with the comma that goes with it; undefined when it does not. Only a
 * member of the chunk itself counts, not one of what is in it.
 */
export function findNullUsage(event: string): TextRange | undefined {
  const usual = USUAL_END.exec(event);
  if (usual !== null) return { from: usual.index, to: usual.index + usual[0].length };
  for (const key of outerStrings(event)) {
    if (event.slice(key.from, key.to) !== '"usage"') continue;
    NULL_VALUE.lastIndex = key.to;
    if (!NULL_VALUE.test(event)) continue;
    return withComma(event, { from: key.from, to: NULL_VALUE.lastIndex });
  }
  return undefined;
}

function withComma(event: string, { from, to }: TextRange): TextRange {
  const before = COMMA_BEFORE.exec(event.slice(0, from));
  if (before !== null) return { from: before.index, to };
  COMMA_AFTER.lastIndex = to;
  return { from, to: COMMA_AFTER.test(event) ? COMMA_AFTER.lastIndex : to };
}

/** The texts, quotes included, that stand directly in the first object. */
function* outerStrings(event: string): Generator<TextRange> {
  let depth = 0;
  for (let at = Math.max(event.indexOf('{'), 0); at < event.length; at += 1) {
    const character = event[at];
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (character === '"') {
      const to = stringEnd(event, at);
      if (depth === 1) yield { from: at, to };
      at = to - 1;
    }
    if (depth === 0) return;
  }
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** True for an event whose chunk has usage and no choices: what was asked for, and nothing else. */
export function isUsageOnly(event: string): boolean {
  try {
    const value: unknown = JSON.parse(dataOf(event));
    if (typeof value !== 'object' || value === null) return false;
    const choices: unknown = Reflect.get(value, 'choices');
    const usage: unknown = Reflect.get(value, 'usage');
    return Array.isArray(choices) && choices.length === 0 && typeof usage === 'object' && !!usage;
  } catch {
    return false;
  }
}

function dataOf(event: string): string {
  const lines = event.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data:'));
  return lines.map((line) => line.slice('data:'.length)).join('\n');
}
