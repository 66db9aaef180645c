import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Guard } from './guard.ts';
import type { ExchangeObserver, ObservedRequest, OpenExchange } from './observed-request.ts';
import { readHeader } from './read-header.ts';
import type { StopTap } from './undici-tap.ts';

/**
 * Follows requests of `node:http` and `node:https` (axios, node-fetch, older SDKs) through diagnostics channels.
 *
 * Body bytes are seen by overriding `write` and `end` of the one request and `push` of its one response; the response is
 * never resumed, paused or listened to for data, so its flow is the application's own. `node:http` itself is not loaded.
 */
export function startHttpTap(open: OpenExchange, guard: Guard): StopTap {
  const observers = new WeakMap<object, ExchangeObserver>();
  const listeners: Readonly<Record<string, (message: unknown) => void>> = {
    'http.client.request.created': (message) => {
      const request = fieldOf(message, 'request');
      if (!isClientRequest(request)) return;
      const observer = open(observedRequestOf(request));
      if (observer === undefined) return;
      observers.set(request, observer);
      overrideRequestBody(request, observer, guard);
      // A request that is destroyed before its response reports no error on any channel.
      request.once('close', () => observer.fail(request.errored ?? undefined));
    },
    'http.client.response.finish': (message) => {
      const request = fieldOf(message, 'request');
      const response = fieldOf(message, 'response');
      if (!isClientRequest(request) || !isIncomingMessage(response)) return;
      const observer = observers.get(request);
      if (observer !== undefined) followResponse(response, observer, guard);
    },
    'http.client.request.error': (message) => {
      const request = fieldOf(message, 'request');
      if (!isClientRequest(request)) return;
      observers.get(request)?.fail(fieldOf(message, 'error'));
    },
  };
  const stops = Object.entries(listeners).map(([channel, listener]) => {
    const guarded = (message: unknown): void => void guard(channel, () => listener(message));
    subscribe(channel, guarded);
    return () => unsubscribe(channel, guarded);
  });
  return () => {
    for (const stop of stops) stop();
  };
}

function overrideRequestBody(
  request: ClientRequest,
  observer: ExchangeObserver,
  guard: Guard,
): void {
  for (const method of ['write', 'end'] as const) {
    const original: unknown = Reflect.get(request, method);
    if (typeof original !== 'function') continue;
    const tapped = function (this: unknown, ...args: readonly unknown[]): unknown {
      guard('http_request_body', () => observer.requestChunk(chunkOf(args)));
      return Reflect.apply(original, this, args);
    };
    Reflect.set(request, method, tapped);
  }
}

/** `write` and `end` take a text with its encoding, or bytes. */
function chunkOf(args: readonly unknown[]): unknown {
  const [chunk, encoding] = args;
  if (typeof chunk === 'string' && typeof encoding === 'string' && Buffer.isEncoding(encoding)) {
    return Buffer.from(chunk, encoding);
  }
  return chunk;
}

function followResponse(response: IncomingMessage, observer: ExchangeObserver, guard: Guard): void {
  observer.responseStart({
    statusCode: response.statusCode ?? 0,
    header: (name) => readHeader(response.rawHeaders, name),
  });
  const push = response.push;
  response.push = function (this: IncomingMessage, ...args: Parameters<typeof push>): boolean {
    guard('http_response_body', () => {
      const [chunk] = args;
      if (chunk === null) observer.responseEnd();
      else observer.responseChunk(chunk);
    });
    return Reflect.apply(push, this, args);
  };
  response.once('close', () => observer.fail(endingError(response)));
}

/** The application's own `destroy()` without an error is an abort, like a cancelled fetch. */
function endingError(response: IncomingMessage): unknown {
  return response.errored ?? { name: 'AbortError' };
}

function observedRequestOf(request: ClientRequest): ObservedRequest {
  const authority = String(request.host);
  const port: unknown = Reflect.get(Reflect.get(request, 'agent') ?? {}, 'defaultPort');
  const hostHeader = request.getHeader('host');
  const named = typeof hostHeader === 'string' ? URL.parse(`http://${hostHeader}`) : null;
  const defaultPort = request.protocol === 'http:' ? 80 : typeof port === 'number' ? port : 443;
  return {
    method: request.method.toUpperCase(),
    host: authority.toLowerCase(),
    port: named === null || named.port === '' ? defaultPort : Number(named.port),
    path: request.path,
    header: (name) => headerText(request.getHeader(name)),
  };
}

function headerText(value: number | string | readonly string[] | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : value[0];
}

function isClientRequest(value: unknown): value is ClientRequest {
  return (
    typeof fieldOf(value, 'path') === 'string' &&
    typeof fieldOf(value, 'method') === 'string' &&
    typeof fieldOf(value, 'getHeader') === 'function'
  );
}

function isIncomingMessage(value: unknown): value is IncomingMessage {
  return typeof fieldOf(value, 'push') === 'function' && fieldOf(value, 'rawHeaders') !== undefined;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
