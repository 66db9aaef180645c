import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** Spans that Python instrumentations wrote, sent again as if they were made now. */
export interface PythonReplay {
  /** How many exports of how many libraries there are. */
  readonly libraries: number;
  /** Sends the next export; throws when it is refused. */
  sendNext(url: string): Promise<void>;
}

/** Everything of a span or its links that names a span or a trace. */
const IDS = /"(traceId|spanId|parentSpanId)":"([0-9a-f]+)"/g;
const START = /"startTimeUnixNano":"\d+"/g;
const END = /"endTimeUnixNano":"\d+"/g;
const EVENT = /"timeUnixNano":"\d+"/g;
const CALL_MS = 900;

/**
 * Reads captured exports of Python libraries from a folder (`test/dialects/captured`). Each is sent in turn with fresh ids
 * and the current time; parents stay parents.
 */
export function createPythonReplay(folder: URL): PythonReplay {
  const exports: string[] = [];
  const files = readdirSync(folder).filter((file) => /^py-.*\.json$/.test(file));
  for (const file of files) {
    const capture: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    const steps: unknown = Reflect.get(Object(capture), 'steps');
    for (const step of Array.isArray(steps) ? steps : []) {
      const traces: unknown = Reflect.get(Object(step), 'traces');
      if (traces !== undefined) exports.push(JSON.stringify(traces));
    }
  }
  let next = 0;
  return {
    libraries: files.length,
    async sendNext(url) {
      const text = exports[next % exports.length] ?? '{}';
      next += 1;
      const answer = await fetch(`${url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: freshen(text, Date.now()),
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`the Collector answered ${answer.status} to captured spans`);
    },
  };
}

function freshen(text: string, epochMs: number): string {
  const ids = new Map<string, string>();
  const freshId = (id: string): string => {
    const known = ids.get(id) ?? randomBytes(id.length / 2).toString('hex');
    ids.set(id, known);
    return known;
  };
  return text
    .replaceAll(IDS, (_, name: string, id: string) => `"${name}":"${freshId(id)}"`)
    .replaceAll(START, `"startTimeUnixNano":"${epochMs - CALL_MS}000000"`)
    .replaceAll(END, `"endTimeUnixNano":"${epochMs}000000"`)
    .replaceAll(EVENT, `"timeUnixNano":"${epochMs}000000"`);
}
