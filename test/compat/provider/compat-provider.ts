import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import {
  createServer as createHttp2Server,
  createSecureServer,
  type Http2ServerRequest,
} from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { encodePieces } from './encode-pieces.ts';
import { isJson, type Json, type Reply, type Tokens } from './reply.ts';
import { routeReply } from './route-reply.ts';
import { createSelfSigned } from './self-signed.ts';

type Request = IncomingMessage | Http2ServerRequest;

/** What responses of HTTP/1.1 and HTTP/2 have in common. */
interface Response extends NodeJS.EventEmitter {
  writeHead(status: number, headers: OutgoingHttpHeaders): unknown;
  write(piece: string | Uint8Array): unknown;
  end(body: string): unknown;
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
}

/** A request as the provider saw it, free of ports and of values that are random by design. */
export interface SeenRequest {
  readonly line: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly ending: 'sent' | 'left';
}

/** Providers of every API of the matrix on three ports: HTTP/1.1, HTTP/2 without TLS, and both over TLS. */
export interface CompatProvider extends AsyncDisposable {
  readonly url: string;
  readonly http2Url: string;
  readonly tlsUrl: string;
  /** Certificate of the TLS port, in PEM. */
  readonly certificate: string;
  /** `host:port` of all, for `TOKENMETER_HOSTS`. */
  readonly hosts: readonly string[];
  readonly observed: readonly Observed[];
  readonly seen: readonly SeenRequest[];
}

/** Pieces of a stream that are sent before the provider falls silent. */
const PIECES_BEFORE_HOLD = 4;
/** How long the provider waits for a client that should turn away. */
const PATIENCE_MS = 4000;
/** Values that differ between any two runs: signatures, their times, random ids. */
const RANDOM_HEADERS =
  /^(?:authorization|x-amz-date|x-amz-content-sha256|amz-sdk-invocation-id|idempotency-key|traceparent)$/i;

/** Starts the providers on free ports of 127.0.0.1. */
export async function startCompatProvider(): Promise<CompatProvider> {
  const state = new ProviderState();
  const answer = (request: Request, response: Response): void => {
    void state.answer(request, response);
  };
  const server = createServer(answer);
  const http2Server = createHttp2Server(answer);
  const { key, cert } = createSelfSigned();
  // The client says by ALPN which of the two it wants.
  const tlsServer = createSecureServer({ key, cert, allowHTTP1: true }, answer);
  const servers = [server, http2Server, tlsServer];
  const sockets = new Set<{ destroy(): void }>();
  for (const each of servers) each.on('connection', (socket) => sockets.add(socket));
  const hosts = (await Promise.all(servers.map(listen))).map((port) => `127.0.0.1:${port}`);
  const [host = '', http2Host = '', tlsHost = ''] = hosts;
  return {
    url: `http://${host}`,
    http2Url: `http://${http2Host}`,
    tlsUrl: `https://${tlsHost}`,
    certificate: cert,
    hosts,
    observed: state.observed,
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
  #position = 0;

  async answer(request: Request, response: Response): Promise<void> {
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const path = request.url ?? '';
    const body = await readText(request);
    if (path === '/compat/settled') {
      await Promise.all(this.#open);
      return end(response, 200, 'every call has ended');
    }
    const place = this.seen.length;
    const seen = describe(request, path, body);
    this.seen.push({ ...seen, ending: 'sent' });
    const work = this.#reply({ path, body }, response).then((hasLeft) => {
      if (hasLeft) this.seen[place] = { ...seen, ending: 'left' };
    });
    this.#open.add(work);
    await work.finally(() => this.#open.delete(work));
  }

  /** True when the client left before the end. */
  async #reply(request: { path: string; body: string }, response: Response): Promise<boolean> {
    const { path, body } = request;
    const route = routeReply(path);
    if (route === undefined) return answerOther(path, response);
    const scenario = /case:(\w+)/.exec(body)?.[1];
    const attempt = (this.#attempts.get(`${path} ${body}`) ?? 0) + 1;
    this.#attempts.set(`${path} ${body}`, attempt);
    this.#position += 1;
    const reply = route.reply({ path, body: parse(body), position: this.#position });
    const { provider, model } = reply;
    if (scenario === 'fail' || (scenario === 'retry' && attempt === 1)) {
      this.observed.push({ provider, model, outcome: 'error', tokens: undefined });
      const status = scenario === 'fail' ? 400 : 500;
      end(response, status, JSON.stringify(route.error(status, `said ${scenario}`)), {
        'retry-after-ms': '1',
        'x-amzn-errortype': status === 400 ? 'ValidationException' : 'InternalServerException',
      });
      return false;
    }
    const isHeld = scenario === 'hold';
    // Listened for from the start: a client may leave while the first pieces are still on their way.
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    const hasLeft =
      scenario === 'hang'
        ? await leavesInTime(closed, response)
        : await send(response, encoded(reply, scenario), isHeld ? closed : undefined);
    if (!hasLeft) {
      this.observed.push({ provider, model, outcome: 'ok', tokens: reply.tokens });
      return false;
    }
    const outcome = isHeld ? 'aborted' : 'timeout';
    const tokens = isHeld ? reply.tokensAtStart : undefined;
    this.observed.push({ provider, model, outcome, tokens });
    return true;
  }
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

/** Lists of models and files in two pages; anything else does not exist. */
function answerOther(path: string, response: Response): boolean {
  if (!/\/(?:models|files)(?:\?|$)/.test(path)) {
    end(response, 404, JSON.stringify({ error: { message: `no ${path}` } }));
    return false;
  }
  const isSecond = /after(?:_id)?=/.test(path);
  const ids = isSecond ? ['c'] : ['a', 'b'];
  const data = ids.map((id) => ({ id, type: 'model', object: 'model', created: 1 }));
  const page = { object: 'list', data, has_more: !isSecond, first_id: ids[0], last_id: ids.at(-1) };
  end(response, 200, JSON.stringify(page));
  return false;
}

function end(
  response: Response,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body);
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

function describe(request: Request, path: string, body: string): Omit<SeenRequest, 'ending'> {
  const headers: string[] = [];
  const raw = request.rawHeaders;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = RANDOM_HEADERS.test(name) ? '(random)' : withoutPort(raw[index + 1] ?? '');
    headers.push(`${name}: ${value}`);
  }
  return { line: `${request.method} ${path} HTTP/${request.httpVersion}`, headers, body };
}

function withoutPort(text: string): string {
  return text.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST');
}
