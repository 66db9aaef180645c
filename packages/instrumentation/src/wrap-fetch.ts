import { activeMeter } from './active-meter.ts';
import { askForUsage } from './ask-for-usage.ts';
import { createSink } from './create-sink.ts';
import { fetchObserved } from './meter-fetch.ts';
import { createOpenExchange } from './open-exchange.ts';
import { showBody } from './show-body.ts';
import type { TokenmeterConfig } from './tokenmeter-config.ts';
import { UsageEventFilter } from './usage-event-filter.ts';

/** The type of `fetch`. */
export type Fetch = typeof globalThis.fetch;

/** Options of `wrapFetch`: those of the instrumentation, and whom to ask for usage. */
export interface WrapFetchOptions extends TokenmeterConfig {
  /** Further hosts (`host` or `host:port`) that take `stream_options.include_usage`. */
  readonly injectUsageHosts?: ReadonlySet<string>;
  /** False asks nobody; true when absent. */
  readonly injectUsage?: boolean;
}

/**
 * Wraps `fetch` for two things.
 *
 * Streamed chat completions of OpenAI and Azure OpenAI report their usage though the caller did not ask for it; what is
 * there only because of that is taken out again, so that the caller sees the bytes that it would have seen without.
 *
 * Where nothing meters this process (edge runtimes have no diagnostics channels), calls made through the wrapper are
 * metered here, with the providers registered with the OpenTelemetry API.
 *
 * Absent options, and null, are the defaults. Every other request goes straight to the given `fetch`, with the same
 * arguments, and returns its own promise.
 */
export function wrapFetch(fetch: Fetch, given?: WrapFetchOptions | null): Fetch {
  const options = given ?? {};
  const sink = createSink(options);
  const observed = { open: createOpenExchange(sink, options), guard: sink.guard };
  const send = (self: unknown, args: Parameters<Fetch>): ReturnType<Fetch> => {
    const metered = activeMeter() === undefined ? fetchObserved(fetch, args, observed) : undefined;
    return metered ?? Reflect.apply(fetch, self, args);
  };
  const wrapped = function (this: unknown, ...args: Parameters<Fetch>): ReturnType<Fetch> {
    const body = sink.guard('ask_for_usage', () => bodyWithUsage(args, options));
    if (body === undefined) return send(this, args);
    const [input, init] = args;
    return send(this, [input, { ...init, body }]).then(
      (response) => sink.guard('hide_usage', () => withoutUsage(response)) ?? response,
    );
  };
  Object.defineProperty(wrapped, 'name', { value: fetch.name, configurable: true });
  Object.defineProperty(wrapped, 'length', { value: fetch.length, configurable: true });
  return wrapped;
}

function bodyWithUsage(
  [input, init]: Parameters<Fetch>,
  { injectUsage = true, injectUsageHosts }: WrapFetchOptions,
): string | undefined {
  if (!injectUsage) return undefined;
  if (typeof init?.body !== 'string' || init.method?.toUpperCase() !== 'POST') return undefined;
  // Nearly every request goes by here.
  if (!init.body.includes('"stream"')) return undefined;
  if (typeof input !== 'string' && !(input instanceof URL)) return undefined;
  const url = URL.parse(String(input));
  const asked = url === null ? undefined : askForUsage(url, init.body, injectUsageHosts);
  // A caller that states the length itself means this very body.
  return asked === undefined || new Headers(init.headers).has('content-length') ? undefined : asked;
}

function withoutUsage(response: Response): Response | undefined {
  const type = response.headers.get('content-type') ?? '';
  if (!response.ok || !type.includes('event-stream')) return undefined;
  const filter = new UsageEventFilter();
  return showBody(response, { show: (bytes) => filter.push(bytes), end: () => filter.end() });
}
