import { createServer, type IncomingMessage } from 'node:http';
import {
  createServer as createHttp2Server,
  createSecureServer,
  type Http2ServerRequest,
} from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { answerOther, endWith, type WholeResponse } from './answer-other.ts';
import { BackgroundJobs, type JobReply } from './background-jobs.ts';
import { encodePieces } from './encode-pieces.ts';
import { type Asked, isJson, type Json, type Reply, type Tokens } from './reply.ts';
import { type Route, routeReply } from './route-reply.ts';
import { describeSeen, type SeenRequest } from './seen-request.ts';
import { createSelfSigned } from './self-signed.ts';

type Request = IncomingMessage | Http2ServerRequest;

/** What responses of HTTP/1.1 and HTTP/2 have in common. */
interface Response extends NodeJS.EventEmitter, WholeResponse {
  write(piece: string | Uint8Array): unknown;
  destroy(): unknown;
}

/** What a perfect observer of one model call knows when it has ended. */
export interface Observed {
  readonly provider: string;
  readonly model: string;
  /** `timeout`: the client left before any answer. */
  readonly outcome: 'ok' | 'error' | 'aborted' | 'timeout';
  /** Undefined where no usage was on the wire. */
  readonly tokens: Tokens | undefined;
  /** What the provider itself says that the call costs. */
  readonly costUsd?: number;
  /** Billed beside the tokens. */
  readonly feesUsd?: number;
}

/** Whose hosts the ports are; nobody's, or OpenAI's by their paths, when absent. */
export interface ProviderNames {
  readonly provider?: string | undefined;
  /** Providers with a port of their own (HTTP/1.1). */
  readonly others?: readonly string[] | undefined;
}

/** Providers of every API of the matrix on three ports, HTTP/1.1, HTTP/2 without TLS, and both over TLS, and on others. */
export interface CompatProvider extends AsyncDisposable {
  readonly url: string;
  readonly http2Url: string;
  readonly tlsUrl: string;
  /** Certificate of the TLS port, in PEM. */
  readonly certificate: string;
  /** `host:port` of the three, for `TOKENMETER_HOSTS`. */
  readonly hosts: readonly string[];
  /** `host:port` of the others, by provider. */
  readonly otherHosts: ReadonlyMap<string, string>;
  readonly observed: readonly Observed[];
  /** Requests about model calls that are no calls themselves: looks at responses that are still being made. */
  readonly looks: () => number;
  readonly seen: readonly SeenRequest[];
}

/** Pieces of a stream that are sent before the provider falls silent. */
const PIECES_BEFORE_HOLD = 4;
/** How long the provider waits for a client that should turn away. */
const PATIENCE_MS = 4000;
/** Starts the providers on free ports of 127.0.0.1. */
export async function startCompatProvider(names: ProviderNames = {}): Promise<CompatProvider> {
  const state = new ProviderState();
  const answerAs =
    (provider: string | undefined) =>
    (request: Request, response: Response): void => {
      void state.answer(request, response, provider);
    };
  const answer = answerAs(names.provider);
  const others = names.others ?? [];
  const server = createServer(answer);
  const http2Server = createHttp2Server(answer);
  const { key, cert } = createSelfSigned();
  // The client says by ALPN which of the two it wants.
  const tlsServer = createSecureServer({ key, cert, allowHTTP1: true }, answer);
  const otherServers = others.map((name) => createServer(answerAs(name)));
  const servers = [server, http2Server, tlsServer, ...otherServers];
  const sockets = new Set<{ destroy(): void }>();
  for (const each of servers) each.on('connection', (socket) => sockets.add(socket));
  const all = (await Promise.all(servers.map(listen))).map((port) => `127.0.0.1:${port}`);
  const [host = '', http2Host = '', tlsHost = '', ...otherHosts] = all;
  return {
    url: `http://${host}`,
    http2Url: `http://${http2Host}`,
    tlsUrl: `https://${tlsHost}`,
    certificate: cert,
    hosts: [host, http2Host, tlsHost],
    otherHosts: new Map(others.map((name, index) => [name, otherHosts[index] ?? ''])),
    observed: state.observed,
    looks: () => state.looks,
    seen: state.seen,
    async [Symbol.asyncDispose]() {
      const closed = servers.map((each) => new Promise((resolve) => each.close(resolve)));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      if (address === null || typeof address === 'string') reject(new TypeError('no TCP address'));
      else resolve(address.port);
    });
  });
}

class ProviderState {
  readonly observed: Observed[] = [];
  readonly seen: SeenRequest[] = [];
  readonly #attempts = new Map<string, number>();
  readonly #open = new Set<Promise<void>>();
  readonly #jobs = new BackgroundJobs();
  #position = 0;
  looks = 0;

  async answer(request: Request, response: Response, provider: string | undefined): Promise<void> {
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const path = request.url ?? '';
    const body = await readText(request);
    if (path === '/compat/settled') {
      await Promise.all(this.#open);
      return endWith(response, 200, 'every call has ended');
    }
    const place = this.seen.length;
    const seen = describeSeen(request, path, body);
    this.seen.push({ ...seen, ending: 'sent' });
    const { method = '', headers } = request;
    const asked = { method, path, text: body, headers, provider };
    const work = this.#reply(asked, response).then((hasLeft) => {
      if (hasLeft) this.seen[place] = { ...seen, ending: 'left' };
    });
    this.#open.add(work);
    await work.finally(() => this.#open.delete(work));
  }

  /** True when the client left before the end. */
  async #reply(
    {
      method,
      path,
      text,
      headers,
      provider,
    }: Omit<Asked, 'body' | 'position'> & { method: string },
    response: Response,
  ): Promise<boolean> {
    const fetched = method === 'GET' ? this.#jobs.fetch(path) : undefined;
    if (fetched !== undefined) return this.#replyToLook(fetched, response);
    const route = routeReply(path);
    if (route === undefined) {
      answerOther(path, response);
      return false;
    }
    this.#position += 1;
    const asked = { path, text, headers, provider, body: parse(text), position: this.#position };
    const created = this.#jobs.create(asked);
    if (created !== undefined) return this.#replyToLook(created, response);
    const scenario = /case:(\w+)/.exec(text)?.[1];
    const attempt = (this.#attempts.get(`${path} ${text}`) ?? 0) + 1;
    this.#attempts.set(`${path} ${text}`, attempt);
    const reply = route.reply(asked);
    if (scenario === 'fail' || (scenario === 'retry' && attempt === 1)) {
      this.#observe(reply, 'error', undefined);
      fail(response, route, scenario);
      return false;
    }
    return this.#replyToEnd(reply, scenario, response);
  }

  /** Sends an answer as far as its scenario goes. */
  async #replyToEnd(
    reply: Reply,
    scenario: string | undefined,
    response: Response,
  ): Promise<boolean> {
    const isHeld = scenario === 'hold';
    // Listened for from the start: a client may leave while the first pieces are still on their way.
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    const hasLeft =
      scenario === 'hang'
        ? await leavesInTime(closed, response)
        : await send(response, encoded(reply, scenario), isHeld ? closed : undefined);
    if (!hasLeft) this.#observe(reply, 'ok', reply.tokens);
    else if (isHeld) this.#observe(reply, 'aborted', reply.tokensAtStart);
    else this.#observe(reply, 'timeout', undefined);
    return hasLeft;
  }

  #observe(
    { provider, model, costUsd, feesUsd = 0 }: Reply,
    outcome: Observed['outcome'],
    tokens: Tokens | undefined,
  ): void {
    const cost = costUsd === undefined ? {} : { costUsd };
    this.observed.push({ provider, model, outcome, tokens, ...cost, feesUsd });
  }

  /** Answers about a response that is made in the background; only its end is a call. */
  async #replyToLook({ reply, isEnd }: JobReply, response: Response): Promise<boolean> {
    if (isEnd) this.#observe(reply, 'ok', reply.tokens);
    else this.looks += 1;
    return send(response, reply, undefined);
  }
}

/** Answers with an error: 500 where a client shall try again, else 400. */
function fail(response: Response, route: Route, scenario: 'fail' | 'retry'): void {
  const status = scenario === 'fail' ? 400 : 500;
  endWith(response, status, JSON.stringify(route.error(status, `said ${scenario}`)), {
    'retry-after-ms': '1',
    'x-amzn-errortype': status === 400 ? 'ValidationException' : 'InternalServerException',
  });
}

function encoded(reply: Reply, scenario: string | undefined): Reply {
  const { pieces, headers } = encodePieces(reply.pieces, scenario);
  return { ...reply, pieces, headers: { ...reply.headers, ...headers } };
}

/** Sends a reply, or, given what tells that the client has left, its first pieces; true if the client left. */
async function send(
  response: Response,
  { contentType, pieces, headers }: Reply,
  closed: Promise<void> | undefined,
): Promise<boolean> {
  const holdAfter = Math.min(PIECES_BEFORE_HOLD, pieces.length - 1);
  response.writeHead(200, { 'content-type': contentType, 'x-request-id': 'req_1', ...headers });
  for (const [index, piece] of pieces.entries()) {
    if (closed !== undefined && index === holdAfter) return leavesInTime(closed, response);
    response.write(piece);
    // Single bytes come in hundreds; a turn each would take long.
    if (piece.length > 1 || index % 32 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  response.end('');
  return false;
}

/** Waits for the client to leave, and cuts the connection of one that does not: false. */
function leavesInTime(closed: Promise<void>, response: Response): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(false);
      response.destroy();
    }, PATIENCE_MS);
    void closed.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

async function readText(request: Request): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
  } catch {
    // A client that left while it sent: what arrived is what it said.
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(body: string): Json {
  try {
    const value: unknown = JSON.parse(body);
    return isJson(value) ? value : {};
  } catch {
    return {};
  }
}
