import { endingOf } from './error-type.ts';
import type { Guard } from './guard.ts';
import type { ExchangeObserver, ObservedRequest, OpenExchange } from './observed-request.ts';
import { showBody } from './show-body.ts';
import { urlOrigin } from './url-origin.ts';

type Fetch = typeof globalThis.fetch;

/**
 * Sends a request and shows the exchange to whom `open` names; undefined when that is nobody, and nothing was sent.
 *
 * For runtimes without diagnostics channels. The body of a `Request` object is not seen, that of the init is.
 */
export function fetchObserved(
  fetch: Fetch,
  args: Parameters<Fetch>,
  { open, guard }: { readonly open: OpenExchange; readonly guard: Guard },
): ReturnType<Fetch> | undefined {
  const observer = guard('fetch_open', () => {
    const request = observedRequestOf(args);
    return request === undefined ? undefined : open(request);
  });
  if (observer === undefined) return undefined;
  observer.requestChunk(args[1]?.body);
  return fetch(...args).then(
    (response) => guard('fetch_response', () => observe(response, observer, args)) ?? response,
    (error: unknown) => {
      observer.fail(isStopped(args) ? endingOf(error) : error);
      throw error;
    },
  );
}

/** The caller's signal tells its own reasons from errors of the network, which have no code either. */
function isStopped([input, init]: Parameters<Fetch>): boolean {
  const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
  return signal?.aborted === true;
}

function observe(
  response: Response,
  observer: ExchangeObserver,
  args: Parameters<Fetch>,
): Response {
  observer.responseStart({
    statusCode: response.status,
    // fetch has decoded the body already.
    header: (name) => (name === 'content-encoding' ? undefined : textOf(response.headers, name)),
    headersStartingWith: (prefix) =>
      Object.fromEntries([...response.headers].filter(([name]) => name.startsWith(prefix))),
  });
  if (response.body === null) observer.responseEnd();
  return showBody(response, {
    show: (bytes) => {
      observer.responseChunk(bytes);
      return bytes;
    },
    end: () => {
      observer.responseEnd();
      return new Uint8Array(0);
    },
    fail: (error) => observer.fail(isStopped(args) ? endingOf(error) : error),
  });
}

function observedRequestOf([input, init]: Parameters<Fetch>): ObservedRequest | undefined {
  const request = input instanceof Request ? input : undefined;
  const url = URL.parse(request === undefined ? String(input) : request.url);
  if (url === null) return undefined;
  const headers = new Headers(init?.headers ?? request?.headers);
  return {
    method: (init?.method ?? request?.method ?? 'GET').toUpperCase(),
    ...urlOrigin(url),
    path: url.pathname + url.search,
    header: (name) => textOf(headers, name),
  };
}

function textOf(headers: Headers, name: string): string | undefined {
  return headers.get(name) ?? undefined;
}
