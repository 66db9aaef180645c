import { type History, parseHistory, type RuleStates, renderHistory } from '@tokenmeter/anomaly';

/** Version of the head; histories have their own. */
const VERSION = 3;

/** What an evaluator knows: what was learned, and what is wrong. */
export interface Snapshot {
  readonly rules: RuleStates;
  readonly history: History;
}

/** A snapshot in parts of some hundred series: the states of the rules first, then the history. */
export function* renderSnapshot({ rules, history }: Snapshot): Generator<Uint8Array> {
  yield new TextEncoder().encode(JSON.stringify({ version: VERSION, rules }));
  yield* renderHistory(history);
}

/** Reads what `renderSnapshot` gave; undefined when it is damaged, incomplete, or of another version. Never throws. */
export function parseSnapshot(parts: Iterable<Uint8Array>): Snapshot | undefined {
  const iterator = parts[Symbol.iterator]();
  try {
    const first = iterator.next();
    if (first.done === true) return undefined;
    const head: unknown = JSON.parse(new TextDecoder().decode(first.value));
    if (!isHead(head)) return undefined;
    const history = parseHistory({ [Symbol.iterator]: () => iterator });
    return history && { rules: head.rules, history };
  } catch {
    return undefined;
  } finally {
    iterator.return?.();
  }
}

/** The states are written whole, by us, in a transaction: version and outline tell enough. */
function isHead(value: unknown): value is { readonly rules: RuleStates } {
  return isObject(value) && value.version === VERSION && isObject(value.rules);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
