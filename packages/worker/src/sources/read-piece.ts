import { CounterCursor, rawSeriesKey } from './counter-cursor.ts';
import type { RawSeries } from './decode-matrix.ts';
import { instanceOf, type Measure } from './describe-raw-series.ts';
import type { PromqlClient } from './promql-client.ts';

/** A counter under the name that the store gives it. */
export interface NamedMeasure {
  readonly measure: Measure;
  readonly name: string;
}

/** A stretch of time that is read at once: samples in (from, to], every sample or the last of each five minutes. */
export interface Piece {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  readonly kind: 'raw' | 'coarse';
}

/** Samples of a piece by counter, with what is known of series that were not. */
export interface PieceData {
  readonly series: readonly (NamedMeasure & { readonly list: readonly RawSeries[] })[];
  /** Value before the piece of series that the cursor does not know but the store does, by key. */
  readonly earlier: ReadonlyMap<string, number>;
}

/** What a piece is read with. */
export interface PieceReader {
  readonly client: PromqlClient;
  readonly names: readonly NamedMeasure[];
  readonly signal: AbortSignal;
}

/** Length of the buckets in which long stretches are read. */
export const COARSE_MS = 300_000;
/** Late samples are looked for so far back. */
const OVERLAP_MS = 6 * 60_000;
/** A series that was silent for longer than this is not found again, and its next sample counts in full. */
const LOOK_BACK = '30d';
const SEED_LOOK_BACK = '1d';
const SILENCE_MS = 6 * 3_600_000;
const INSTANCES_AT_ONCE = 100;
/** From this many restarts in one bucket on, the whole bucket is read instead of one series after the other. */
const MANY_RESTARTS = 20;

/** Creates a cursor that knows every counter as it was at an instant, and counts nothing before it. */
export async function seedCursor(reader: PieceReader, epochMs: number): Promise<CounterCursor> {
  const cursor = new CounterCursor();
  const { client, names, signal } = reader;
  await Promise.all(
    names.map(async ({ name }) => {
      const query = `last_over_time(${selector(name)}[${SEED_LOOK_BACK}])`;
      for (const one of await client.query(query, epochMs, signal)) {
        const value = one.values.at(-1);
        if (value !== undefined) cursor.seed(rawSeriesKey(name, one.labels), { epochMs, value });
      }
    }),
  );
  return cursor;
}

/** Reads one piece. The cursor is only asked, never moved, so a failure leaves it as it was. */
export async function readPiece(
  reader: PieceReader,
  piece: Piece,
  cursor: CounterCursor,
): Promise<PieceData> {
  const { names } = reader;
  const read = piece.kind === 'raw' ? readRaw : readCoarse;
  const series = await Promise.all(
    names.map(async (named) => ({ ...named, list: await read(reader, named.name, piece, cursor) })),
  );
  const earlier = new Map<string, number>();
  await Promise.all(
    series.map(({ name, list }) => findEarlier(reader, { name, list, piece, cursor, earlier })),
  );
  return { series, earlier };
}

async function readRaw(
  { client, signal }: PieceReader,
  name: string,
  piece: Piece,
  cursor: CounterCursor,
): Promise<readonly RawSeries[]> {
  const overlapMs = cursor.size > 0 ? OVERLAP_MS : 0;
  const lengthMs = piece.toEpochMs - piece.fromEpochMs + overlapMs;
  return await client.query(`${selector(name)}[${lengthMs / 1000}s]`, piece.toEpochMs, signal);
}

/**
 * The last sample of each bucket, and every sample of buckets in which a counter began anew: it fell within the bucket, or
 * its least value lies below the one before the bucket, or nothing is known of the hours before.
 */
async function readCoarse(
  reader: PieceReader,
  name: string,
  piece: Piece,
  cursor: CounterCursor,
): Promise<readonly RawSeries[]> {
  const { client, signal } = reader;
  const range = {
    fromEpochMs: piece.fromEpochMs + COARSE_MS,
    toEpochMs: piece.toEpochMs,
    stepMs: COARSE_MS,
  };
  const metric = selector(name);
  const fell = `resets(${metric}[5m]) > 0 or min_over_time(${metric}[5m]) < last_over_time(${metric}[6h] offset 5m)`;
  const [ends, falls] = await Promise.all([
    client.queryRange(`last_over_time(${metric}[5m])`, range, signal),
    client.queryRange(fell, range, signal),
  ]);
  const restarts = new Map<number, Set<string>>();
  const note = (epochMs: number, key: string): void => {
    const keys = restarts.get(epochMs) ?? new Set();
    restarts.set(epochMs, keys.add(key));
  };
  for (const { labels, times } of falls) {
    for (const epochMs of times) note(epochMs, rawSeriesKey(name, labels));
  }
  for (const { labels, times } of ends) {
    const key = rawSeriesKey(name, labels);
    let last = cursor.lastEpochMs(key);
    for (const epochMs of times) {
      if (last !== undefined && epochMs - last > SILENCE_MS) note(epochMs, key);
      last = epochMs;
    }
  }
  return await insertSamples(reader, name, ends, restarts);
}

/** Puts the samples of a bucket in the place of its end. */
async function insertSamples(
  reader: PieceReader,
  name: string,
  ends: readonly RawSeries[],
  restarts: ReadonlyMap<number, ReadonlySet<string>>,
): Promise<readonly RawSeries[]> {
  const details = new Map<string, RawSeries>();
  const byKey = new Map(ends.map((one) => [rawSeriesKey(name, one.labels), one]));
  for (const [epochMs, keys] of restarts) {
    const queries =
      keys.size > MANY_RESTARTS
        ? [selector(name)]
        : [...keys].flatMap((key) => {
            const labels = byKey.get(key)?.labels;
            return labels === undefined ? [] : [selector(name, labels)];
          });
    const found = await Promise.all(
      queries.map((query) => reader.client.query(`${query}[5m]`, epochMs, reader.signal)),
    );
    for (const one of found.flat()) {
      details.set(`${epochMs} ${rawSeriesKey(name, one.labels)}`, one);
    }
  }
  if (details.size === 0) return ends;
  return [...byKey].map(([key, end]) => {
    const merged: RawSeries = { ...end, times: [], values: [] };
    end.times.forEach((epochMs, index) => {
      const detail = details.get(`${epochMs} ${key}`);
      merged.times.push(...(detail?.times ?? [epochMs]));
      merged.values.push(...(detail?.values ?? [end.values[index] ?? 0]));
    });
    return merged;
  });
}

/** Looks for series that the cursor does not know in the 30 days before the piece: they may have been silent. */
async function findEarlier(
  { client, signal }: PieceReader,
  found: {
    readonly name: string;
    readonly list: readonly RawSeries[];
    readonly piece: Piece;
    readonly cursor: CounterCursor;
    readonly earlier: Map<string, number>;
  },
): Promise<void> {
  const { name, list, piece, cursor, earlier } = found;
  const born = list.filter(
    (one) => one.times.length > 0 && !cursor.has(rawSeriesKey(name, one.labels)),
  );
  if (born.length === 0) return;
  const isOverlapped = piece.kind === 'raw' && cursor.size > 0;
  const before = piece.fromEpochMs - (isOverlapped ? OVERLAP_MS : 0);
  await Promise.all(
    matchersOf(born).map(async (matcher) => {
      const query = `last_over_time({__name__="${name}"${matcher}}[${LOOK_BACK}])`;
      for (const one of await client.query(query, before, signal)) {
        const value = one.values.at(-1);
        if (value !== undefined) earlier.set(rawSeriesKey(name, one.labels), value);
      }
    }),
  );
}

/** Label matchers for the processes of series, some at once; one that matches all where a series names no process. */
function matchersOf(born: readonly RawSeries[]): readonly string[] {
  const byLabel = new Map<string, Set<string>>();
  for (const one of born) {
    const instance = instanceOf(one.labels);
    if (instance === undefined) return [''];
    const values = byLabel.get(instance.name) ?? new Set();
    byLabel.set(instance.name, values.add(instance.value));
  }
  return [...byLabel].flatMap(([label, values]) => {
    const all = [...values];
    const groups: string[] = [];
    for (let at = 0; at < all.length; at += INSTANCES_AT_ONCE) {
      const pattern = all
        .slice(at, at + INSTANCES_AT_ONCE)
        .map(escapePattern)
        .join('|');
      groups.push(`,${quoteLabel(label)}=~${quote(pattern)}`);
    }
    return groups;
  });
}

/** `{__name__="…", label="…"}` in the form that takes any UTF-8 name. */
function selector(name: string, labels: Readonly<Record<string, string>> = {}): string {
  const matchers = Object.entries(labels).map(
    ([label, value]) => `,${quoteLabel(label)}=${quote(value)}`,
  );
  return `{__name__=${quote(name)}${matchers.join('')}}`;
}

function quoteLabel(name: string): string {
  return /^[a-zA-Z_]\w*$/.test(name) ? name : quote(name);
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
