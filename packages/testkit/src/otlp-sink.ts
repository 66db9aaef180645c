import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import {
  type Attributes,
  type AttributeValue,
  decodePoints,
  decodeSpans,
  type SinkPoint,
  type SinkSpan,
} from './decode-otlp.ts';
import { listenOnLoopback } from './listen-on-loopback.ts';
import { type OtlpSignal, parseOtlpProtobuf } from './otlp-schema.ts';

/** How the sink treats exports: takes them, refuses them with a status, or never answers. */
export type SinkMode =
  | { readonly kind: 'accept' }
  | { readonly kind: 'refuse'; readonly status: number; readonly retryAfterSeconds?: number }
  | { readonly kind: 'hang' };

/** One request for export, whatever became of it. */
export interface SinkExport {
  readonly signal: OtlpSignal | 'logs' | 'unknown';
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly bodyBytes: number;
  /** Undefined when it was left hanging. */
  readonly status: number | undefined;
}

/** An OTLP/HTTP receiver that keeps what it takes. */
export interface OtlpSink extends AsyncDisposable {
  /** Base address for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly port: number;
  /** Every accepted span in order of arrival, repeated deliveries included. */
  spans(): readonly SinkSpan[];
  /** Every accepted data point in order of arrival, of one metric if named. */
  metrics(name?: string): readonly SinkPoint[];
  /**
   * Total of a counter, or of the sums of a histogram, over all series whose attributes (or resource) hold `filter`.
   *
   * Cumulative series count with their latest point per start time, so restarts add up; delta points are added.
   */
  sumOf(name: string, filter?: Attributes): number;
  /** Recordings of a histogram, chosen like `sumOf`. */
  countOf(name: string, filter?: Attributes): number;
  exports(): readonly SinkExport[];
  /** Changes the treatment of exports to come. */
  behave(mode: SinkMode): void;
  /** Resolves once `isTrue` holds, asked after every export. Rejects after the time-out (default one minute). */
  until(isTrue: () => boolean, timeoutMs?: number): Promise<void>;
  clear(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts an OTLP/HTTP receiver on a free port of 127.0.0.1: protobuf and JSON, plain or compressed. */
export async function startOtlpSink(options: { readonly port?: number } = {}): Promise<OtlpSink> {
  const store = new SinkStore();
  const server = createServer((request, response) => {
    void store.receive(request, response);
  });
  const port = await listenOnLoopback(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    spans: () => [...store.spans],
    metrics: (name) => store.points.filter((point) => name === undefined || point.metric === name),
    sumOf: (name, filter) => store.total(name, filter, (point) => point.value),
    countOf: (name, filter) => store.total(name, filter, (point) => point.histogram?.count ?? 0),
    exports: () => [...store.exports],
    behave: (mode) => {
      store.mode = mode;
    },
    until: (isTrue, timeoutMs) => store.until(isTrue, timeoutMs ?? 60_000),
    clear: () => store.clear(),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

class SinkStore {
  readonly spans: SinkSpan[] = [];
  readonly points: SinkPoint[] = [];
  readonly exports: SinkExport[] = [];
  readonly #listeners = new Set<() => void>();
  mode: SinkMode = { kind: 'accept' };

  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBytes(request).catch(() => undefined);
    if (body === undefined) return;
    const { mode } = this;
    const status = mode.kind === 'accept' ? this.#accept(request, body) : undefined;
    const answered = mode.kind === 'refuse' ? mode.status : status;
    this.exports.push({
      signal: signalOf(request) ?? 'unknown',
      contentType: request.headers['content-type'] ?? '',
      contentEncoding: request.headers['content-encoding'] ?? '',
      headers: request.headers,
      bodyBytes: body.length,
      status: answered,
    });
    for (const listener of this.#listeners) listener();
    if (answered === undefined) return;
    const retryAfter = mode.kind === 'refuse' ? mode.retryAfterSeconds : undefined;
    const isJson = contentTypeOf(request) === 'application/json';
    response.writeHead(answered, {
      'content-type': isJson ? 'application/json' : 'application/x-protobuf',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    });
    response.end(isJson ? '{}' : '');
  }

  total(
    name: string,
    filter: Attributes | undefined,
    measure: (point: SinkPoint) => number,
  ): number {
    const latest = new Map<string, SinkPoint>();
    let sum = 0;
    for (const point of this.points) {
      if (point.metric !== name || !matches(point, filter ?? {})) continue;
      if (point.temporality === 'delta') {
        sum += measure(point);
        continue;
      }
      const key = seriesKey(point);
      const known = latest.get(key);
      if (known === undefined || known.timeUnixNano <= point.timeUnixNano) latest.set(key, point);
    }
    for (const point of latest.values()) sum += measure(point);
    return sum;
  }

  until(isTrue: () => boolean, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(check);
      };
      const check = (): void => {
        if (!isTrue()) return;
        stop();
        resolve();
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`expected the sink's condition within ${timeoutMs} ms: ${isTrue}`));
      }, timeoutMs);
      this.#listeners.add(check);
      check();
    });
  }

  clear(): void {
    this.spans.length = 0;
    this.points.length = 0;
    this.exports.length = 0;
  }

  #accept(request: IncomingMessage, body: Buffer): number {
    const signal = signalOf(request);
    if (signal === undefined || request.method !== 'POST') return 404;
    if (signal === 'logs') return 200;
    const type = contentTypeOf(request);
    if (type !== 'application/json' && type !== 'application/x-protobuf') return 415;
    try {
      const bytes = decompress(body, request.headers['content-encoding']);
      const message =
        type === 'application/json'
          ? JSON.parse(bytes.toString('utf8'))
          : parseOtlpProtobuf(signal, bytes);
      if (signal === 'traces') this.spans.push(...decodeSpans(message));
      else this.points.push(...decodePoints(message));
      return 200;
    } catch {
      return 400;
    }
  }
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function decompress(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'gzip') return gunzipSync(body);
  if (encoding === 'deflate') return inflateSync(body);
  if (encoding === 'br') return brotliDecompressSync(body);
  return body;
}

function contentTypeOf(request: IncomingMessage): string {
  return request.headers['content-type']?.split(';', 1)[0]?.trim() ?? '';
}

function signalOf(request: IncomingMessage): OtlpSignal | 'logs' | undefined {
  if (request.url === '/v1/traces') return 'traces';
  if (request.url === '/v1/metrics') return 'metrics';
  return request.url === '/v1/logs' ? 'logs' : undefined;
}

function matches(point: SinkPoint, filter: Attributes): boolean {
  return Object.entries(filter).every(
    ([name, value]) => (point.attributes[name] ?? point.resource[name]) === value,
  );
}

function seriesKey(point: SinkPoint): string {
  const sorted = (attributes: Attributes): [string, AttributeValue][] =>
    Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    sorted(point.resource),
    point.scope,
    sorted(point.attributes),
    String(point.startUnixNano),
  ]);
}
