import { endingOf } from './error-type.ts';
import { fieldOf } from './field-of.ts';
import type { Guard } from './guard.ts';
import type { ExchangeObserver, ObservedRequest, OpenExchange } from './observed-request.ts';
import { observedResponse, readHeader } from './read-header.ts';
import { type ChannelListeners, type StopTap, subscribeChannels } from './subscribe-channels.ts';
import { type Origin, urlOrigin } from './url-origin.ts';

/** The part of undici's internal request that we read: versions 6, 7 and 8, bundled or from npm. */
interface UndiciRequest {
  readonly origin: unknown;
  readonly path: string;
  readonly method: string;
  readonly headers: unknown;
  onData?: unknown;
  onBodySent?: unknown;
}

interface Exchange {
  readonly observer: ExchangeObserver;
  /** Chunks that came over a channel; a per-request override counts only what the channel did not bring. */
  sentByChannel: number;
  receivedByChannel: number;
}

/**
 * Follows requests of undici (and so of `fetch`) through its diagnostics channels, read only.
 *
 * Chunks come from `bodyChunkReceived` and `bodyChunkSent` where the running undici emits them, else from an override
 * of `onData` and `onBodySent` on the one request object; each chunk is seen once whichever works. Requests for which
 * `open` returns undefined cost one call of it.
 */
export function startUndiciTap(open: OpenExchange, guard: Guard): StopTap {
  const exchanges = new WeakMap<object, Exchange>();
  const told = new ChunkChannels();
  const find = (message: unknown): Exchange | undefined => {
    const request = requestOf(message);
    return typeof request === 'object' && request !== null ? exchanges.get(request) : undefined;
  };
  // What a WeakMap holds outlives the next collection of young objects though its key is dead: all of a call would.
  const forget = (message: unknown): void => {
    const request = requestOf(message);
    if (typeof request === 'object' && request !== null) exchanges.delete(request);
  };
  const listeners: ChannelListeners = {
    'undici:request:create': (message) => {
      const request = requestOf(message);
      if (!isUndiciRequest(request)) return;
      const observer = open(new ObservedUndiciRequest(request));
      if (observer === undefined) return;
      const exchange: Exchange = { observer, sentByChannel: 0, receivedByChannel: 0 };
      exchanges.set(request, exchange);
      overrideChunkHooks(request, exchange, told);
    },
    'undici:request:bodyChunkSent': (message) => {
      const exchange = find(message);
      if (exchange === undefined) return;
      if (exchange.sentByChannel === 0) told.sent.learn(message);
      exchange.sentByChannel += 1;
      exchange.observer.requestChunk(chunkOf(message));
    },
    'undici:request:headers': (message) => {
      const exchange = find(message);
      const response = fieldOf(message, 'response');
      const statusCode = fieldOf(response, 'statusCode');
      if (exchange === undefined || typeof statusCode !== 'number') return;
      exchange.observer.responseStart(observedResponse(statusCode, fieldOf(response, 'headers')));
    },
    'undici:request:bodyChunkReceived': (message) => {
      const exchange = find(message);
      if (exchange === undefined) return;
      if (exchange.receivedByChannel === 0) told.received.learn(message);
      exchange.receivedByChannel += 1;
      exchange.observer.responseChunk(chunkOf(message));
    },
    'undici:request:trailers': (message) => {
      find(message)?.observer.responseEnd();
      forget(message);
    },
    'undici:request:error': (message) => {
      find(message)?.observer.fail(endingOf(fieldOf(message, 'error')));
      forget(message);
    },
  };
  return subscribeChannels(listeners, guard);
}

// Named members are read in place: these two are asked for with every chunk, and a look-up by a variable name is a call.

function requestOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'request' in message
    ? message.request
    : undefined;
}

function chunkOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'chunk' in message
    ? message.chunk
    : undefined;
}

/** Undici 6 and 7 call these methods on the request itself; undici 8 has no `onData`, and emits every channel. */
function overrideChunkHooks(
  request: UndiciRequest,
  exchange: Exchange,
  { sent, received }: ChunkChannels,
): void {
  const { onData, onBodySent } = request;
  if (typeof onData === 'function' && !received.isKnownFor(request)) {
    request.onData = function (this: unknown, ...args: readonly unknown[]): unknown {
      const before = exchange.receivedByChannel;
      const result: unknown = Reflect.apply(onData, this, args);
      if (exchange.receivedByChannel === before) exchange.observer.responseChunk(args[0]);
      return result;
    };
  }
  if (typeof onBodySent === 'function' && !sent.isKnownFor(request)) {
    request.onBodySent = function (this: unknown, ...args: readonly unknown[]): unknown {
      const before = exchange.sentByChannel;
      const result: unknown = Reflect.apply(onBodySent, this, args);
      if (exchange.sentByChannel === before) exchange.observer.requestChunk(args[0]);
      return result;
    };
  }
}

/** Which undici tells of its chunks: there may be several in a process, each with a class of requests of its own. */
class ChunkChannels {
  readonly sent: KnownClasses = new KnownClasses();
  readonly received: KnownClasses = new KnownClasses();
}

/** Classes of requests whose chunks came over a channel once, and so always do. */
class KnownClasses {
  readonly #prototypes = new WeakSet<object>();

  learn(message: unknown): void {
    const request = requestOf(message);
    if (typeof request === 'object' && request !== null) this.#prototypes.add(prototypeOf(request));
  }

  isKnownFor(request: object): boolean {
    return this.#prototypes.has(prototypeOf(request));
  }
}

function prototypeOf(value: object): object {
  return Reflect.getPrototypeOf(value) ?? value;
}

/** A request as the gate sees it. The origin is parsed only when the path may be a model's: most are none. */
class ObservedUndiciRequest implements ObservedRequest {
  readonly method: string;
  readonly path: string;
  readonly #request: UndiciRequest;
  #origin: Origin | undefined;

  constructor(request: UndiciRequest) {
    this.#request = request;
    this.method = request.method.toUpperCase();
    this.path = request.path;
  }

  get host(): string {
    return this.#parsed().host;
  }

  get port(): number {
    return this.#parsed().port;
  }

  header(name: string): string | undefined {
    return readHeader(this.#request.headers, name);
  }

  #parsed(): Origin {
    this.#origin ??= originOf(this.#request.origin);
    return this.#origin;
  }
}

/** Origins that are remembered: those of model providers are few. */
const ORIGIN_LIMIT = 100;

const origins = new Map<string, Origin>();

function originOf(value: unknown): Origin {
  const text = String(value);
  const known = origins.get(text);
  if (known !== undefined) return known;
  if (origins.size >= ORIGIN_LIMIT) origins.clear();
  const parsed = parseOrigin(text);
  origins.set(text, parsed);
  return parsed;
}

/** An origin that is none gets a host that no table names. */
function parseOrigin(text: string): Origin {
  const url = URL.parse(text);
  return url === null ? { host: 'invalid.', port: 80 } : urlOrigin(url);
}

function isUndiciRequest(value: unknown): value is UndiciRequest {
  return typeof fieldOf(value, 'path') === 'string' && typeof fieldOf(value, 'method') === 'string';
}
