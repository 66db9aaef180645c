import { readFile } from 'node:fs/promises';
import type { Gap } from '@tokenmeter/anomaly';
import { CommandError } from '../io.ts';
import { parseTime } from '../price-time.ts';

const HINT = 'expected [{"from": "2026-11-01T10:00:00Z", "to": "2026-11-01T12:00:00Z"}]';

/**
 * Reads stretches without data from JSON: an array of `{"from", "to"}` in ISO 8601, or an object with such an array in
 * `gaps`. In the order of time, none touching another. Throws a `CommandError` with every problem of the file.
 */
export async function readGaps(path: string): Promise<readonly Gap[]> {
  const parsed = parseGaps(await readJson(path));
  if (parsed.problems.length > 0) {
    throw new CommandError(`${path}: ${parsed.problems.join('\n  ')}`, {
      hint: HINT,
      exitCode: 2,
    });
  }
  return parsed.gaps;
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandError(`cannot read ${path}: ${messageOf(error)}`, { exitCode: 2 });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${path} is not JSON: ${messageOf(error)}`, {
      hint: HINT,
      exitCode: 2,
      cause: error,
    });
  }
}

/** The gaps of a parsed file, or what is wrong with each of the others. Never throws. */
export function parseGaps(value: unknown): {
  readonly gaps: readonly Gap[];
  readonly problems: readonly string[];
} {
  const list = isRecord(value) && !Array.isArray(value) ? value.gaps : value;
  if (!Array.isArray(list)) return { gaps: [], problems: ['expected an array of gaps'] };
  const gaps: Gap[] = [];
  const problems: string[] = [];
  list.forEach((item: unknown, index) => {
    const gap = parseGap(item);
    if (typeof gap === 'string') problems.push(`gap ${index + 1}: ${gap}`);
    else gaps.push(gap);
  });
  return { gaps: joinGaps(gaps), problems };
}

/** In the order of time; what overlaps or touches is one. */
function joinGaps(gaps: readonly Gap[]): Gap[] {
  const joined: Gap[] = [];
  for (const gap of gaps.toSorted((a, b) => a.fromEpochMs - b.fromEpochMs)) {
    const last = joined.at(-1);
    if (last === undefined || gap.fromEpochMs > last.toEpochMs) joined.push(gap);
    else if (gap.toEpochMs > last.toEpochMs)
      joined[joined.length - 1] = { ...last, toEpochMs: gap.toEpochMs };
  }
  return joined;
}

function parseGap(item: unknown): Gap | string {
  if (!isRecord(item)) return 'expected {"from", "to"}';
  const from = typeof item.from === 'string' ? parseTime(item.from) : undefined;
  const to = typeof item.to === 'string' ? parseTime(item.to) : undefined;
  if (from === undefined) return `"from" is not a time: ${JSON.stringify(item.from)}`;
  if (to === undefined) return `"to" is not a time: ${JSON.stringify(item.to)}`;
  if (to <= from) return '"to" must be after "from"';
  return { fromEpochMs: from, toEpochMs: to };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
