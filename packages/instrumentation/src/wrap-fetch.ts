import { askForUsage } from './ask-for-usage.ts';
import { createGuard, type Guard } from './guard.ts';
import { UsageEventFilter } from './usage-event-filter.ts';

/** The type of `fetch`. */
export type Fetch = typeof globalThis.fetch;

/** Options of `wrapFetch`. */
export interface WrapFetchOptions {
  /** Further hosts (`host` or `host:port`) that take `stream_options.include_usage`. */
  readonly hosts?: ReadonlySet<string>;
  readonly guard?: Guard;
}

/**
 * Wraps `fetch` so that streamed chat completions of OpenAI and Azure OpenAI report their usage though the caller did
 * not ask for it. The caller sees the bytes that it would have seen without: what is there only because usage was asked
 * for is taken out again.
 *
 * Every other request goes straight to the given `fetch`, with the same arguments, and returns its own promise.
 */
export function wrapFetch(
  fetch: Fetch,
  { hosts, guard = createGuard(() => undefined) }: WrapFetchOptions = {},
): Fetch {
  const wrapped = function (this: unknown, ...args: Parameters<Fetch>): ReturnType<Fetch> {
    const body = guard('ask_for_usage', () => bodyWithUsage(args, hosts));
    if (body === undefined) return Reflect.apply(fetch, this, args);
    const [input, init] = args;
    const answer: ReturnType<Fetch> = Reflect.apply(fetch, this, [input, { ...init, body }]);
    return answer.then((response) => guard('hide_usage', () => withoutUsage(response)) ?? response);
  };
  Object.defineProperty(wrapped, 'name', { value: fetch.name, configurable: true });
  Object.defineProperty(wrapped, 'length', { value: fetch.length, configurable: true });
  return wrapped;
}

function bodyWithUsage(
  [input, init]: Parameters<Fetch>,
  hosts: ReadonlySet<string> | undefined,
): string | undefined {
  if (typeof init?.body !== 'string' || init.method?.toUpperCase() !== 'POST') return undefined;
  if (typeof input !== 'string' && !(input instanceof URL)) return undefined;
  const url = URL.parse(String(input));
  const asked = url === null ? undefined : askForUsage(url, init.body, hosts);
  // A caller that states the length itself means this very body.
  return asked === undefined || new Headers(init.headers).has('content-length') ? undefined : asked;
}

function withoutUsage(response: Response): Response | undefined {
  const type = response.headers.get('content-type') ?? '';
  if (!response.ok || response.body === null || !type.includes('event-stream')) return undefined;
  const { status, statusText, headers } = response;
  const shown = new Response(filtered(response.body), { status, statusText, headers });
  for (const key of ['url', 'redirected', 'type'] as const) {
    Object.defineProperty(shown, key, { value: response[key], configurable: true });
  }
  return shown;
}

/**
 * The filtered body. The source is locked at the first read only, nothing is read ahead of the caller, and a cancel
 * reaches the provider.
 */
function filtered(source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const filter = new UsageEventFilter();
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        reader ??= source.getReader();
        for (;;) {
          const { done, value } = await reader.read();
          const bytes = done ? filter.end() : filter.push(value);
          if (bytes.length > 0) controller.enqueue(bytes);
          if (done) controller.close();
          if (done || bytes.length > 0) return;
        }
      },
      cancel: (reason) => (reader === undefined ? source.cancel(reason) : reader.cancel(reason)),
    },
    { highWaterMark: 0 },
  );
}
