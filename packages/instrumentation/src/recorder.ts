import {
  type CallContent,
  type CallRecord,
  type DecodedRequest,
  type DecodedResponse,
  decodeRequest,
  type Endpoint,
  type Outcome,
  present,
} from '@tokenmeter/core';
import { errorTypeOf, isAbort } from './error-type.ts';
import { type Guard, reportFailure } from './guard.ts';
import { HeldBody, isWorthHolding } from './held-body.ts';
import type { ExchangeObserver, ObservedRequest, ObservedResponse } from './observed-request.ts';
import { RequestBody } from './request-body.ts';
import { resendCountOf } from './resend-count.ts';
import { openResponseBody, type ResponseBody } from './response-body.ts';

/** Where a recorder delivers, and how it tells the time. */
export interface RecorderOptions {
  readonly guard: Guard;
  /** Receives the record, once. */
  onRecord(record: CallRecord): void;
  /** Counts a problem word. */
  onProblem(problem: string): void;
  /** Told of a response that came to its end though none of its bytes was seen; whether it said how many there are. */
  onUnobserved?(isPromised: boolean): void;
  /** Told of the first bytes of a response. */
  onObserved?(): void;
  /** Runs the work that a finished call leaves, at once or in a while; at once when absent. */
  readonly schedule?: ((work: () => void) => void) | undefined;
  /** Whether usage that the provider does not report is estimated; false when absent. */
  readonly estimatesUsage?: boolean;
  /** Whether prompts, tools and answers are kept, and what is made of them first; undefined keeps none. */
  readonly redactContent?: ((content: CallContent) => CallContent | undefined) | undefined;
  /** Whether the time between the chunks of streams is kept; false when absent. */
  readonly keepsChunkTimes?: boolean;
  /** Wall clock in epoch milliseconds, read once per call. */
  readonly wallClock?: () => number;
  /** Monotonic clock in milliseconds. */
  readonly monotonicClock?: () => number;
}

/** Chunks of one response whose times are kept; beyond them the histogram would tell nothing new. */
const MOST_GAPS = 10_000;

type Phase = 'open' | 'headers' | 'bytes' | 'over';

type Ending = { readonly kind: 'end' } | { readonly kind: 'fail'; readonly error: unknown };

interface Ended {
  readonly outcome: Outcome;
  readonly errorType?: string;
}

/**
 * Follows one request to one `CallRecord`: open → headers → bytes → end, abort or error.
 *
 * Ends exactly once, whatever the transport reports afterwards. A terminal event in the body decides success, so a
 * client that cancels the transport after `[DONE]` has made a good call. Methods never throw.
 */
export class CallRecorder implements ExchangeObserver {
  readonly #endpoint: Endpoint;
  readonly #serverAddress: string;
  readonly #serverPort: number | undefined;
  /** Leads to the whole transport, whose life must not depend on ours: let go once its headers were sent. */
  #request: ObservedRequest | undefined;
  #resendCount = 0;
  readonly #options: RecorderOptions;
  readonly #monotonicClock: () => number;
  readonly #startEpochMs: number;
  readonly #startTick: number;
  readonly #requestBody: RequestBody;
  #requestText: string | undefined;
  #phase: Phase = 'open';
  #decodedRequest: DecodedRequest | undefined;
  #statusCode: number | undefined;
  #body: ResponseBody | undefined;
  #firstChunkEpochMs: number | undefined;
  #lastChunkEpochMs = 0;
  readonly #chunkGaps: number[] | undefined;
  /** Bytes of the body that must come, by what its head says, until one was seen; undefined when none need to. */
  #expectedBytes: number | undefined;

  constructor(endpoint: Endpoint, request: ObservedRequest, options: RecorderOptions) {
    this.#endpoint = endpoint;
    this.#request = request;
    this.#serverAddress = withoutBrackets(request.host);
    this.#serverPort = request.port;
    this.#options = options;
    this.#requestBody = new RequestBody(request.header('content-type'));
    this.#chunkGaps = options.keepsChunkTimes === true ? [] : undefined;
    this.#monotonicClock = options.monotonicClock ?? (() => performance.now());
    this.#startEpochMs = (options.wallClock ?? Date.now)();
    this.#startTick = this.#monotonicClock();
  }

  requestChunk(chunk: unknown): void {
    this.#options.guard('request_chunk', () => {
      if (this.#requestText === undefined) this.#requestBody.push(chunk);
    });
  }

  responseStart(response: ObservedResponse): void {
    this.#options.guard('response_start', () => {
      // Informational responses come before the real one.
      if (this.#phase !== 'open' || response.statusCode < 200) return;
      this.#phase = 'headers';
      this.#statusCode = response.statusCode;
      this.#expectedBytes = expectedBytes(response);
      // Before the application sees the response: from then on it may use its buffers for something else.
      this.#requestText = this.#requestBody.takeText();
      this.#leaveRequest();
      const open = (): ResponseBody => this.#openBody(response);
      this.#body = isWorthHolding(response) ? new HeldBody(open) : open();
    });
  }

  responseChunk(chunk: unknown): void {
    try {
      if (this.#phase === 'headers') this.#takeFirstByte();
      else if (this.#chunkGaps !== undefined) this.#keepGap(this.#chunkGaps);
      if (this.#phase === 'bytes' && chunk instanceof Uint8Array) this.#body?.push(chunk);
    } catch (error) {
      reportFailure(this.#options.guard, 'response_chunk', error);
    }
  }

  #takeFirstByte(): void {
    this.#phase = 'bytes';
    this.#expectedBytes = undefined;
    this.#options.onObserved?.();
    this.#firstChunkEpochMs = this.#now();
    this.#lastChunkEpochMs = this.#firstChunkEpochMs;
  }

  #leaveRequest(): void {
    if (this.#request === undefined) return;
    this.#resendCount = resendCountOf(this.#request);
    this.#request = undefined;
  }

  #keepGap(gaps: number[]): void {
    const now = this.#now();
    if (gaps.length < MOST_GAPS) gaps.push((now - this.#lastChunkEpochMs) / 1000);
    this.#lastChunkEpochMs = now;
  }

  responseEnd(): void {
    this.#finish({ kind: 'end' });
  }

  fail(error: unknown): void {
    this.#finish({ kind: 'fail', error });
  }

  #openBody(response: ObservedResponse): ResponseBody {
    return openResponseBody(response, {
      endpoint: this.#endpoint,
      request: this.#decodeRequest(),
      guard: this.#options.guard,
      onProblem: (problem) => this.#options.onProblem(problem),
    });
  }

  #finish(ending: Ending): void {
    this.#options.guard('finish', () => {
      if (this.#phase === 'over') return;
      this.#phase = 'over';
      this.#leaveRequest();
      const endEpochMs = this.#now();
      const { guard, schedule } = this.#options;
      const deliver = (): void => void guard('record', () => this.#deliver(ending, endEpochMs));
      const done = schedule === undefined ? deliver : (): void => schedule(deliver);
      if (this.#body === undefined) done();
      else this.#body.end(done);
    });
  }

  #deliver(ending: Ending, endEpochMs: number): void {
    const request = this.#decodeRequest();
    const response = this.#body?.result();
    for (const problem of response?.problems ?? []) {
      // What was left early need not be whole.
      if (ending.kind === 'end' || problem !== 'body_not_json') this.#options.onProblem(problem);
    }
    if (ending.kind === 'end' && this.#expectedBytes !== undefined) {
      this.#options.onUnobserved?.(this.#expectedBytes > 0);
    }
    this.#options.onRecord({
      ...this.#identity(request, response),
      ...this.#outcome(ending, response),
      startEpochMs: this.#startEpochMs,
      endEpochMs,
    });
  }

  #identity(
    request: DecodedRequest,
    response: DecodedResponse | undefined,
  ): Omit<CallRecord, 'outcome' | 'startEpochMs' | 'endEpochMs'> {
    const { isStreaming, parameters } = request;
    return {
      api: this.#endpoint.api,
      provider: this.#endpoint.provider,
      operation: this.#endpoint.operation,
      serverAddress: this.#serverAddress,
      isStreaming,
      resendCount: this.#resendCount,
      parameters,
      modifiers: { ...this.#endpoint.modifiers, ...response?.modifiers },
      usage: response?.usage ?? { kind: 'missing' },
      ...present({
        requestModel: request.model ?? this.#endpoint.pathModel,
        responseModel: response?.model,
        serverPort: this.#serverPort,
        responseId: response?.responseId,
        finishReasons: response?.finishReasons,
        systemFingerprint: response?.systemFingerprint,
        statusCode: this.#statusCode,
        firstChunkEpochMs: isStreaming ? this.#firstChunkEpochMs : undefined,
        chunkGapSeconds: isStreaming ? this.#chunkGaps : undefined,
        job: response?.job,
        content: this.#content(request, response),
      }),
    };
  }

  /** How the call ended, from what the transport said and what the body said; the body wins. */
  #outcome(ending: Ending, response: DecodedResponse | undefined): Ended {
    const statusCode = this.#statusCode;
    // A redirect is answered by no model either; whoever follows it makes another request.
    if (statusCode !== undefined && statusCode >= 300) {
      return { outcome: 'error', errorType: response?.errorType ?? String(statusCode) };
    }
    if (response?.errorType !== undefined) {
      return { outcome: 'error', errorType: response.errorType };
    }
    const isEnd = ending.kind === 'end' || this.#body?.hasOwnEnd === true;
    if (response?.isComplete === true && isEnd) return { outcome: 'ok' };
    if (ending.kind === 'end') return { outcome: 'incomplete' };
    const errorType = errorTypeOf(ending.error);
    return { outcome: isAbort(ending.error) ? 'aborted' : 'error', errorType };
  }

  #content(
    request: DecodedRequest,
    response: DecodedResponse | undefined,
  ): CallContent | undefined {
    const { redactContent, guard } = this.#options;
    if (redactContent === undefined || request.content === undefined) return undefined;
    const content = { ...request.content, ...present({ output: response?.output }) };
    return guard('redact_content', () => {
      const redacted = redactContent(content);
      // What the hook made must be fit to be written: a span is too late to find out.
      JSON.stringify(redacted);
      return redacted ?? undefined;
    });
  }

  #decodeRequest(): DecodedRequest {
    this.#requestText ??= this.#requestBody.takeText();
    this.#decodedRequest ??= decodeRequest(this.#endpoint, this.#requestText, {
      measuresPrompt: this.#options.estimatesUsage === true,
      keepsContent: this.#options.redactContent !== undefined,
    });
    return this.#decodedRequest;
  }

  #now(): number {
    return this.#startEpochMs + (this.#monotonicClock() - this.#startTick);
  }
}

/** Transports write IPv6 addresses as URLs do, or as they are; an address has no brackets. */
function withoutBrackets(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}

/** What a model answers has a body, though 0 here says that it may be empty; redirects and errors may come without. */
function expectedBytes(response: ObservedResponse): number | undefined {
  if (response.statusCode !== 200) return undefined;
  const length = response.header('content-length');
  if (length === undefined) return 0;
  return Number(length) > 0 ? Number(length) : undefined;
}
