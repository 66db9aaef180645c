import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { renderErrorBody } from './error-body.ts';
import { listenOnLoopback } from './listen-on-loopback.ts';
import { apiOf, describeRequest, parseObject, readBody } from './read-replay-request.ts';
import { renderReply } from './render-reply.ts';
import {
  type OpenEntry,
  ReplayBooks,
  type ReplayLogEntry,
  type ReplayTotal,
} from './replay-books.ts';
import type { ReplayApi, ReplayRequest, Reply, ReplyPlan } from './reply.ts';
import { parseReplyHeaders } from './reply-headers.ts';
import { sendReply } from './send-reply.ts';

/** Options of `startReplayProvider`. */
export interface ReplayProviderOptions {
  /** Chooses replies; `x-replay-*` headers of a request win over it field by field. Default: every reply is `{}`. */
  readonly plan?: ReplyPlan;
  /** Port on 127.0.0.1. Default 0: a free one. */
  readonly port?: number;
  /** Serves https with this PEM key and certificate. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Entries that `requests()` keeps. Totals are not affected. Default 10,000. */
  readonly logLimit?: number;
  /** Seed of response ids: the same seed and requests give the same ids. Default: random. */
  readonly idSeed?: string;
  /** Clock in epoch milliseconds. */
  readonly now?: () => number;
}

/** A provider on loopback that answers by plan and keeps exact books. */
export interface ReplayProvider extends AsyncDisposable {
  /** Origin, such as `http://127.0.0.1:40123`. OpenAI clients want `${url}/v1`, Anthropic's want `url`. */
  readonly url: string;
  readonly port: number;
  /** Replaces the plan for requests to come. */
  usePlan(plan: ReplyPlan): void;
  /** What was reported, by provider and model, over all ended responses. */
  totals(): readonly ReplayTotal[];
  /** The latest requests, oldest first. */
  requests(): readonly ReplayLogEntry[];
  /** Resolves when no response is open, so that `totals()` is final. */
  settled(): Promise<void>;
  /** Breaks every connection and frees the port. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a provider that speaks OpenAI chat completions, responses and embeddings and Anthropic messages, as JSON and
 * SSE.
 *
 * Rejects if the port is taken. Requests to other paths get 404 and are not in the books.
 */
export async function startReplayProvider(
  options: ReplayProviderOptions = {},
): Promise<ReplayProvider> {
  const desk = new ReplayDesk(options);
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void desk.answer(request, response);
  };
  const server: Server =
    options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  // Pools of clients outlive Node's default of five seconds, and a reset is not in any plan.
  server.keepAliveTimeout = 60_000;
  const port = await listenOnLoopback(server, options.port ?? 0);
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    usePlan: (plan) => desk.usePlan(plan),
    totals: () => desk.books.totals(),
    requests: () => desk.books.requests(),
    settled: () => desk.books.settled(),
    async [Symbol.asyncDispose]() {
      desk.isClosing = true;
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await desk.books.settled();
    },
  };
}

class ReplayDesk {
  readonly books: ReplayBooks;
  isClosing = false;
  readonly #idSeed: string;
  readonly #now: () => number;
  #plan: ReplyPlan;
  #sequence = 0;

  constructor(options: ReplayProviderOptions) {
    this.books = new ReplayBooks(options.logLimit ?? 10_000);
    this.#idSeed = options.idSeed ?? randomUUID();
    this.#now = options.now ?? Date.now;
    this.#plan = options.plan ?? (() => ({}));
  }

  usePlan(plan: ReplyPlan): void {
    this.#plan = plan;
  }

  async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {
      // The connection's end reaches us as 'close'.
    });
    const api = apiOf(incoming);
    const text = await readBody(incoming).catch(() => undefined);
    if (text === undefined) return;
    if (api === undefined) return refuse(response, 'openai.chat', 404, 'Nothing is replayed here.');
    const body = parseObject(text);
    if (body === undefined) return refuse(response, api, 400, 'The body is not a JSON object.');
    const request = describeRequest(incoming, api, {
      body,
      sequence: this.#sequence++,
      countAttempt: (conversation) => this.books.attempt(conversation),
    });
    const chosen = this.#choose(request);
    if (typeof chosen === 'string') return refuse(response, api, 400, chosen);
    await this.#send(request, response, chosen);
  }

  #choose(request: ReplayRequest): Reply | string {
    const asked = parseReplyHeaders(request.headers);
    if (!asked.ok) return asked.problem;
    const planned = this.#planned(request);
    if (typeof planned === 'string') return planned;
    const tokens = asked.reply.tokens && { ...planned.tokens, ...asked.reply.tokens };
    return { ...planned, ...asked.reply, ...(tokens !== undefined && { tokens }) };
  }

  #planned(request: ReplayRequest): Reply | string {
    try {
      return this.#plan(request);
    } catch (error) {
      return `The replay plan failed: ${String(error)}`;
    }
  }

  async #send(request: ReplayRequest, response: ServerResponse, reply: Reply): Promise<void> {
    const id = this.#idOf(request);
    const startEpochMs = this.#now();
    const outgoing = renderReply(request, reply, {
      id,
      createdEpochSeconds: Math.floor(startEpochMs / 1000),
    });
    const isError = outgoing.status >= 400;
    const model = isError ? request.model : (reply.model ?? request.model);
    const entry = this.books.open(request, responseId(request.api, id), model, startEpochMs);
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    if (response.destroyed) gone.abort();
    try {
      const observer = observe(entry);
      const ending = await sendReply(response, outgoing, { reply, observer, signal: gone.signal });
      this.books.close(entry, ending, this.#now());
    } catch {
      const ending = this.isClosing ? 'cut' : 'client_aborted';
      this.books.close(entry, ending, this.#now());
      response.destroy();
    }
  }

  #idOf(request: ReplayRequest): string {
    const place = request.conversation ?? `#${request.sequence}`;
    const seed = `${this.#idSeed}/${place}/${request.attempt}`;
    return createHash('sha256').update(seed).digest('hex').slice(0, 24);
  }
}

function observe(entry: OpenEntry): Parameters<typeof sendReply>[2]['observer'] {
  return {
    onHead(status) {
      entry.status = status;
    },
    onFrame(frame) {
      entry.bodyBytes += Buffer.byteLength(frame.text);
      if (frame.observable !== undefined) entry.observableTokens = frame.observable;
    },
  };
}

function responseId(api: ReplayApi, id: string): string {
  if (api === 'openai.embeddings') return '';
  if (api === 'openai.chat') return `chatcmpl-${id}`;
  return `${api === 'openai.responses' ? 'resp' : 'msg'}_${id}`;
}

function refuse(response: ServerResponse, api: ReplayApi, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(renderErrorBody(api, status, message)));
}
