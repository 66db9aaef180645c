import type { History, ScopeHistory, SeriesHistory } from './history.ts';
import { bytesOfRing } from './usage-ring.ts';

/** Version of what `renderHistory` writes. Others are not read: what they hold is learned again from the source. */
export const HISTORY_VERSION = 12;

const SERIES_PER_PART = 500;
/** Bytes before the outline: its length. */
export const LENGTH_BYTES = 4;
/** Bytes after the numbers: the hash of all before. */
export const CHECK_BYTES = 4;

/**
 * A history as bytes, for a snapshot, in parts of some hundred series, so that a large one need not fit in memory twice.
 * `parseHistory` reads them in the same order.
 *
 * A part is an outline in JSON after its length, then numbers as they lie in memory, then a hash of it all: about 2.8 kB for each scope and
 * 1.0 to 2.0 kB for the last day of each series, of which compression leaves a third.
 */
export function* renderHistory(history: History): Generator<Uint8Array> {
  const series = [...history.series.values()];
  const written = new Set<ScopeHistory>();
  const parts = Math.max(1, Math.ceil(series.length / SERIES_PER_PART));
  for (let part = 0; part < parts; part += 1) {
    const some = series.slice(part * SERIES_PER_PART, (part + 1) * SERIES_PER_PART);
    const scopes = some.flatMap((one) => scopesAbove(one).filter((scope) => !written.has(scope)));
    const born = [...new Set(scopes)];
    for (const scope of born) written.add(scope);
    yield renderPart(
      {
        version: HISTORY_VERSION,
        part,
        parts,
        ...(part === 0 && { history: outlineOf(history) }),
        scopes: born.map(outlineOfScope),
        series: some.map(outlineOfSeries),
      },
      [...born.flatMap(bytesOfScope), ...some.flatMap(bytesOfSeries)],
    );
  }
}

/** The scopes of a series, from the total down. */
function scopesAbove({ feature }: SeriesHistory): ScopeHistory[] {
  const scopes: ScopeHistory[] = [];
  for (let scope: ScopeHistory | undefined = feature; scope !== undefined; scope = scope.parent) {
    scopes.unshift(scope);
  }
  return scopes;
}

function outlineOf({ advancedToEpochMs, gaps, plannedEvents, refused }: History): unknown {
  return { advancedToEpochMs, gaps, plannedEvents, refused };
}

function outlineOfScope({ scope, lastDay, prompts, cache }: ScopeHistory): unknown {
  return {
    key: scope.key,
    lastDay,
    ...(prompts !== undefined && { prompts: [...prompts.keys()] }),
    ...(cache.firstHour >= 0 && { cache }),
  };
}

function outlineOfSeries(series: SeriesHistory): unknown {
  const { labels, firstEpochMs, lastBlock, lastUnpricedBlock, ring } = series;
  return { labels, firstEpochMs, lastBlock, lastUnpricedBlock, fields: ring.fields };
}

function bytesOfScope({ bytes, prompts }: ScopeHistory): Uint8Array[] {
  const versions = prompts === undefined ? [] : [...prompts.values()];
  return [bytes, ...versions.map((model) => model.bytes)];
}

function bytesOfSeries({ bytes, ring }: SeriesHistory): Uint8Array[] {
  return [bytes, bytesOfRing(ring)];
}

function renderPart(outline: unknown, pieces: readonly Uint8Array[]): Uint8Array {
  const text = escapeText(JSON.stringify(outline));
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const bytes = new Uint8Array(LENGTH_BYTES + text.length + length + CHECK_BYTES);
  for (let at = 0; at < LENGTH_BYTES; at += 1) bytes[at] = (text.length >> (8 * at)) & 255;
  for (let at = 0; at < text.length; at += 1) bytes[LENGTH_BYTES + at] = text.charCodeAt(at);
  let next = LENGTH_BYTES + text.length;
  for (const piece of pieces) {
    bytes.set(piece, next);
    next += piece.length;
  }
  new DataView(bytes.buffer).setUint32(next, checkOf(bytes.subarray(0, next)), true);
  return bytes;
}

/** A hash in which every change of a few bytes shows: a model out of damaged numbers could be followed for ever. */
export function checkOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = bytes.length - (bytes.length % 4);
  let hash = bytes.length | 0;
  for (let at = 0; at < whole; at += 4) hash = mixed(hash, view.getUint32(at, true));
  for (let at = whole; at < bytes.length; at += 1) hash = mixed(hash, bytes[at] ?? 0);
  return hash >>> 0;
}

function mixed(hash: number, value: number): number {
  const next = Math.imul(hash ^ value, 0x9e37_79b1);
  return next ^ (next >>> 15);
}

/** JSON of one byte per character. */
function escapeText(json: string): string {
  return json.replaceAll(
    /[\u0080-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
