import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PriceBook } from '@tokenmeter/pricing';
import { type CommitQueue, OverloadedError } from './commit-queue.ts';
import { decodeMetricsProtobuf } from './decode-metrics-protobuf.ts';
import { decodeMetricsJson, decodeTracesJson } from './decode-otlp-json.ts';
import { decodeTracesProtobuf } from './decode-traces-protobuf.ts';
import { describeCalls } from './describe-calls.ts';
import { type CounterPoint, describePoint } from './describe-point.ts';
import type { Intake } from './intake-state.ts';
import type { Logger } from './logger.ts';
import {
  CONTENT_TYPES,
  encodingOf,
  type OtlpEncoding,
  type Rejection,
  renderStatus,
  renderSuccess,
  type Signal,
} from './otlp-answer.ts';
import { readBody } from './read-body.ts';
import { MEASURES } from './usage-series.ts';

/** What the receiver needs. */
export interface OtlpReceiverOptions {
  readonly queue: CommitQueue;
  readonly clock: () => number;
  readonly bodyLimitBytes: number;
  readonly logger: Logger;
  /** Prices for calls of other instrumentations; without it they are kept without a cost. */
  readonly priceBook: (() => PriceBook) | undefined;
  /** Instrumentation scopes whose spans are no calls. */
  readonly ignoredScopes: RegExp | undefined;
}

/** Answers one request to an OTLP path. Never rejects. */
export type OtlpReceiver = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const SIGNALS: ReadonlyMap<string, Signal> = new Map([
  ['/v1/traces', 'traces'],
  ['/v1/metrics', 'metrics'],
  ['/v1/logs', 'logs'],
]);

/** How far ahead of our clock a sender's may be. */
const MAX_AHEAD_MS = 15 * 60_000;
/** Bodies being read and decoded at the same time; beyond it senders are asked to come again. */
const MAX_OPEN_REQUESTS = 64;

/** gRPC codes for HTTP statuses that the receiver gives. */
const GRPC_CODES: Readonly<Record<number, number>> = {
  400: 3,
  404: 12,
  405: 12,
  413: 8,
  415: 3,
  503: 14,
};

type Taken =
  | { readonly ok: true; readonly intake: Intake; readonly rejection: Rejection | undefined }
  | { readonly ok: false; readonly problem: string };

/** True for paths that OTLP/HTTP defines. */
export function isOtlpPath(path: string): boolean {
  return SIGNALS.has(path);
}

class Rejections {
  #count = 0;
  readonly #messages = new Set<string>();

  add(problem: string): void {
    this.#count += 1;
    if (this.#messages.size < 3) this.#messages.add(problem);
  }

  summary(): Rejection | undefined {
    if (this.#count === 0) return undefined;
    return { count: this.#count, message: [...this.#messages].join('; ') };
  }
}

/** How a request is read. */
interface Reading {
  readonly encoding: OtlpEncoding;
  readonly latestEpochMs: number;
  readonly priceBook: PriceBook | undefined;
  readonly ignoredScopes: RegExp | undefined;
}

function takeTraces(
  body: Buffer,
  { encoding, latestEpochMs, priceBook, ignoredScopes }: Reading,
): Taken {
  const decoded =
    encoding === 'json' ? decodeTracesJson(body.toString('utf8')) : decodeTracesProtobuf(body);
  if (!decoded.ok) return decoded;
  const rejections = new Rejections();
  const { calls, problems } = describeCalls(decoded.items, {
    latestEpochMs,
    priceBook,
    ignoredScopes,
  });
  for (const problem of problems) rejections.add(problem);
  return { ok: true, intake: { calls, points: [] }, rejection: rejections.summary() };
}

const isWanted = (metric: string): boolean => MEASURES.has(metric);

function takeMetrics(body: Buffer, { encoding, latestEpochMs }: Reading): Taken {
  const decoded =
    encoding === 'json'
      ? decodeMetricsJson(body.toString('utf8'), isWanted)
      : decodeMetricsProtobuf(body, isWanted);
  if (!decoded.ok) return decoded;
  const points: CounterPoint[] = [];
  const rejections = new Rejections();
  for (const point of decoded.items) {
    const described = describePoint(point, latestEpochMs);
    if (described.kind === 'point') points.push(described.point);
    else rejections.add(described.problem);
  }
  return { ok: true, intake: { calls: [], points }, rejection: rejections.summary() };
}

interface Answer {
  readonly status: number;
  readonly encoding: OtlpEncoding;
  readonly body: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

function refuse(status: number, encoding: OtlpEncoding, problem: string): Answer {
  const headers =
    status === 503 ? { 'retry-after': '1' } : status === 405 ? { allow: 'POST' } : undefined;
  const body = renderStatus(encoding, GRPC_CODES[status] ?? 13, problem);
  return { status, encoding, body, ...(headers !== undefined && { headers }) };
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  response.writeHead(answer.status, {
    'content-type': CONTENT_TYPES[answer.encoding],
    'content-length': answer.body.byteLength,
    'x-content-type-options': 'nosniff',
    // What is left of a refused body is not read; the connection cannot be used again.
    ...(request.complete ? {} : { connection: 'close' }),
    ...answer.headers,
  });
  response.end(answer.body);
}

async function answerPost(
  request: IncomingMessage,
  signal: Signal,
  { queue, clock, bodyLimitBytes, logger, priceBook, ignoredScopes }: OtlpReceiverOptions,
): Promise<Answer> {
  const encoding = encodingOf(request.headers['content-type']);
  if (encoding === undefined) {
    const problem = 'content-type must be application/x-protobuf or application/json';
    return refuse(415, 'json', problem);
  }
  const read = await readBody(request, bodyLimitBytes);
  if (!read.ok) return refuse(read.status, encoding, read.problem);
  if (signal === 'logs') {
    const message =
      'logs are not stored here: point OTEL_LOGS_EXPORTER elsewhere or set it to none';
    return refuse(404, encoding, message);
  }
  const latestEpochMs = clock() + MAX_AHEAD_MS;
  const take = signal === 'traces' ? takeTraces : takeMetrics;
  const reading = { encoding, latestEpochMs, priceBook: priceBook?.(), ignoredScopes };
  const taken = take(read.body, reading);
  if (!taken.ok) return refuse(400, encoding, taken.problem);
  try {
    await queue.commit(taken.intake);
  } catch (error) {
    if (!(error instanceof OverloadedError)) {
      logger.warn(`a commit failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    return refuse(503, encoding, 'not stored; send again');
  }
  return { status: 200, encoding, body: renderSuccess(signal, encoding, taken.rejection) };
}

/**
 * Creates the OTLP/HTTP receiver (specification 1.x): protobuf and JSON, gzip; 200 only after the ledger committed; a
 * rejected part is counted in `partial_success`; refusals carry `google.rpc.Status`; 503 has `Retry-After`.
 */
export function createOtlpReceiver(options: OtlpReceiverOptions): OtlpReceiver {
  let openRequests = 0;
  return async (request, response) => {
    const signal = SIGNALS.get((request.url ?? '').split('?', 1)[0] ?? '') ?? 'logs';
    const encoding = encodingOf(request.headers['content-type']) ?? 'json';
    if (request.method !== 'POST') {
      send(request, response, refuse(405, encoding, 'use POST'));
      return;
    }
    if (openRequests >= MAX_OPEN_REQUESTS) {
      send(request, response, refuse(503, encoding, 'too many requests at once; send again'));
      return;
    }
    openRequests += 1;
    try {
      send(request, response, await answerPost(request, signal, options));
    } catch (error) {
      options.logger.warn(
        `a request failed: ${error instanceof Error ? error.message : 'unknown'}`,
      );
      send(request, response, refuse(500, encoding, 'internal error'));
    } finally {
      openRequests -= 1;
    }
  };
}
