import type { ClientRequest, IncomingMessage } from 'node:http';
import { endingOf, STOPPED } from './error-type.ts';
import { fieldOf } from './field-of.ts';
import type { Guard } from './guard.ts';
import type { ExchangeObserver, ObservedRequest, OpenExchange } from './observed-request.ts';
import { observedResponse } from './read-header.ts';
import { shortestAddresses } from './shortest-addresses.ts';
import { type ChannelListeners, type StopTap, subscribeChannels } from './subscribe-channels.ts';
import { tapReads, tapWrites } from './tap-stream.ts';

/**
 * Follows requests of `node:http` and `node:https` (axios, node-fetch, older SDKs) through diagnostics channels.
 *
 * Body bytes are seen by overriding `write` and `end` of the one request and `push` of its one response; the response is
 * never resumed, paused or listened to for data, so its flow is the application's own. `node:http` itself is not loaded.
 */
export function startHttpTap(open: OpenExchange, guard: Guard): StopTap {
  const observers = new WeakMap<object, ExchangeObserver>();
  const listeners: ChannelListeners = {
    'http.client.request.created': (message) => {
      const request = fieldOf(message, 'request');
      if (!isClientRequest(request)) return;
      const observer = open(observedRequestOf(request));
      if (observer === undefined) return;
      observers.set(request, observer);
      tapWrites(request, observer, guard);
      // A request that is destroyed before its response reports no error on any channel.
      request.once('close', () => {
        observer.fail(endingError(request, request.errored));
        // What a WeakMap holds outlives the next collection of young objects though its key is dead.
        observers.delete(request);
      });
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
      observers.get(request)?.fail(endingError(request, fieldOf(message, 'error')));
    },
  };
  return subscribeChannels(listeners, guard);
}

function followResponse(response: IncomingMessage, observer: ExchangeObserver, guard: Guard): void {
  observer.responseStart(observedResponse(response.statusCode ?? 0, response.rawHeaders));
  tapReads(response, observer, guard);
  response.once('close', () => observer.fail(endingError(response, response.errored)));
}

/**
 * The error that ended an exchange, or an abort where the application destroyed it.
 *
 * Node reports both the same way, as its own `ECONNRESET` without a system call behind it (or as nothing at all). The
 * socket tells: the other side either ended it, so that its readable half has ended, or broke it, which is an error of
 * the socket.
 */
function endingError({ socket }: IncomingMessage | ClientRequest, error: unknown): unknown {
  const isNodes =
    fieldOf(error, 'code') === 'ECONNRESET' && fieldOf(error, 'syscall') === undefined;
  if (!isNodes && error !== null && error !== undefined) return endingOf(error);
  const isFromPeer =
    fieldOf(socket, 'readableEnded') === true ||
    fieldOf(fieldOf(socket, 'errored'), 'syscall') !== undefined;
  return isFromPeer ? { code: 'ECONNRESET' } : STOPPED;
}

function observedRequestOf(request: ClientRequest): ObservedRequest {
  const host = String(request.host).toLowerCase();
  const port: unknown = Reflect.get(Reflect.get(request, 'agent') ?? {}, 'defaultPort');
  const hostHeader = request.getHeader('host');
  const named = typeof hostHeader === 'string' ? URL.parse(`http://${hostHeader}`) : null;
  const defaultPort = request.protocol === 'http:' ? 80 : typeof port === 'number' ? port : 443;
  return {
    method: request.method.toUpperCase(),
    // The application may have written an IPv6 address in any of its forms.
    host: /^[^[]*:/.test(host) ? shortestAddresses(`[${host}]`) : host,
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
