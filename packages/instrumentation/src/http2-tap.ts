import { endingOf, STOPPED } from './error-type.ts';
import { fieldOf } from './field-of.ts';
import type { Guard } from './guard.ts';
import type { ExchangeObserver, ObservedRequest, OpenExchange } from './observed-request.ts';
import { observedResponse, readHeader } from './read-header.ts';
import { type StopTap, subscribeChannels } from './subscribe-channels.ts';
import { tapReads, tapWrites } from './tap-stream.ts';

/**
 * Follows streams of `node:http2` clients (the AWS SDK for Bedrock) through diagnostics channels.
 *
 * undici speaks HTTP/2 through the same module; its streams are left to its own tap. It is known by what it keeps on its
 * sessions (6 to 8), and from version 7 on by `undici:client:sendHeaders` just before it opens the stream.
 */
export function startHttp2Tap(open: OpenExchange, guard: Guard): StopTap {
  const observers = new WeakMap<object, ExchangeObserver>();
  const closedHere = new WeakSet<object>();
  let isUndicis = false;
  const find = (message: unknown): ExchangeObserver | undefined => {
    const stream = fieldOf(message, 'stream');
    return typeof stream === 'object' && stream !== null ? observers.get(stream) : undefined;
  };
  // What a WeakMap holds outlives the next collection of young objects though its key is dead.
  const forget = (message: unknown): void => {
    const stream = fieldOf(message, 'stream');
    if (typeof stream === 'object' && stream !== null) observers.delete(stream);
  };
  return subscribeChannels(
    {
      'undici:client:sendHeaders': () => {
        isUndicis = true;
        queueMicrotask(() => {
          isUndicis = false;
        });
      },
      'http2.client.stream.created': (message) => {
        const stream = fieldOf(message, 'stream');
        if (typeof stream !== 'object' || stream === null) return;
        if (isUndicis || isUndiciSession(fieldOf(stream, 'session'))) return;
        const request = observedRequestOf(fieldOf(message, 'headers'));
        const observer = request === undefined ? undefined : open(request);
        if (observer === undefined) return;
        observers.set(stream, observer);
        tapWrites(stream, observer, guard);
        tapReads(stream, observer, guard);
        tapClose(stream, closedHere);
      },
      'http2.client.stream.finish': (message) => {
        const headers = fieldOf(message, 'headers');
        const statusCode = Number(fieldOf(headers, ':status'));
        find(message)?.responseStart(observedResponse(statusCode, headers));
      },
      'http2.client.stream.error': (message) =>
        find(message)?.fail(endingOf(fieldOf(message, 'error'))),
      // Comes before the error, where there is one.
      'http2.client.stream.close': (message) => {
        const stream = fieldOf(message, 'stream');
        const isOurs = typeof stream === 'object' && stream !== null && closedHere.has(stream);
        const observer = find(message);
        forget(message);
        if (isOurs || fieldOf(stream, 'destroyed') === true) observer?.fail(closingError(stream));
        // Without a reset all bytes have come, but perhaps not yet to the reader: its end is the end.
        else if (fieldOf(stream, 'rstCode') !== 0) observer?.fail(RESET_BY_PEER);
      },
    },
    guard,
  );
}

/** The other side gave the stream up: Node's own name for it. */
const RESET_BY_PEER = { code: 'ERR_HTTP2_STREAM_ERROR' };

/** Notes that the application closes a stream. Node itself closes one that was reset by other ways than this method. */
function tapClose(stream: object, closedHere: WeakSet<object>): void {
  const original: unknown = Reflect.get(stream, 'close');
  if (typeof original !== 'function') return;
  const tapped = function (this: unknown, ...args: readonly unknown[]): unknown {
    closedHere.add(stream);
    return Reflect.apply(original, this, args);
  };
  Reflect.set(stream, 'close', tapped);
}

/**
 * The error that closed a stream before its end, or an abort where the application did (seen on Node 22, 24 and 26).
 *
 * A connection that never came about cancels its streams, and its error is the cause. One that the other side ended closes
 * them without an error, as the application does; only the socket tells the two apart.
 */
function closingError(stream: unknown): unknown {
  const errored = fieldOf(stream, 'errored') ?? undefined;
  if (fieldOf(errored, 'code') === 'ERR_HTTP2_STREAM_CANCEL') {
    return fieldOf(errored, 'cause') ?? errored;
  }
  if (errored !== undefined) return endingOf(errored);
  return isEndedByPeer(fieldOf(stream, 'session')) ? { code: 'ECONNRESET' } : STOPPED;
}

function isEndedByPeer(session: unknown): boolean {
  try {
    return fieldOf(fieldOf(session, 'socket'), 'readableEnded') === true;
  } catch {
    // The socket of a session that has let go of it throws whatever is asked.
    return false;
  }
}

/** undici counts the streams of a session under a symbol of its own (seen in 6.29, 7.30, 8.12). */
function isUndiciSession(session: unknown): boolean {
  if (typeof session !== 'object' || session === null) return false;
  return Object.getOwnPropertySymbols(session).some(
    (symbol) => symbol.description === 'open streams',
  );
}

function observedRequestOf(headers: unknown): ObservedRequest | undefined {
  const scheme = readHeader(headers, ':scheme') ?? 'https';
  const authority = readHeader(headers, ':authority') ?? readHeader(headers, 'host') ?? '';
  const url = URL.parse(`${scheme}://${authority}`);
  if (url === null) return undefined;
  return {
    method: readHeader(headers, ':method') ?? 'GET',
    host: url.hostname,
    port: url.port === '' ? (scheme === 'http' ? 80 : 443) : Number(url.port),
    path: readHeader(headers, ':path') ?? '/',
    header: (name) => readHeader(headers, name),
  };
}
