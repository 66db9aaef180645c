/** What a tap knows of a request before its body: enough to recognise an endpoint. */
export interface ObservedRequest {
  /** Upper-case HTTP method. */
  readonly method: string;
  /** Host name without port, lower-case. */
  readonly host: string;
  /** Port, the scheme's default included. */
  readonly port?: number;
  /** Path with query. */
  readonly path: string;
  /** Reads one request header by its lower-case name. Taps never look at authentication headers. */
  header(name: string): string | undefined;
}

/** The first part of a response. */
export interface ObservedResponse {
  readonly statusCode: number;
  /** Reads one response header by its lower-case name. */
  header(name: string): string | undefined;
  /** All response headers whose lower-case name starts so. */
  headersStartingWith(prefix: string): Readonly<Record<string, string>>;
}

/** Takes the events of one request in order. Every method is safe after the end, and none throws. */
export interface ExchangeObserver {
  requestChunk(chunk: unknown): void;
  responseStart(response: ObservedResponse): void;
  responseChunk(chunk: unknown): void;
  /** The transport delivered the whole response. */
  responseEnd(): void;
  /** The transport gave up: connection error, abort by the application or time-out. */
  fail(error: unknown): void;
}

/** Decides whether a request is metered; undefined for every request that is not a language-model call. */
export type OpenExchange = (request: ObservedRequest) => ExchangeObserver | undefined;
