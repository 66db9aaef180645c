import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import type { FarEnd } from './notifier.test-kit.ts';
import { createSelfSigned } from './self-signed.test-kit.ts';

/** One request as it came. */
interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How a good far end answers; throwing answers 400. */
export type Accept = (request: ReceivedRequest) => {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
};

/** A server on a free port of this machine that behaves as told. */
export interface HttpFarEnd {
  /** Without a path. `https:` where the far end speaks no TLS. */
  readonly origin: string;
  /** Requests that were answered by `accept`. */
  readonly received: readonly ReceivedRequest[];
  /** Closes all connections and goes on listening. */
  readonly hangUp: () => void;
  readonly close: () => Promise<void>;
}

const TRICKLE_MS = 40;

/** Starts a far end of one behaviour. */
export async function startHttpFarEnd(farEnd: FarEnd, accept: Accept): Promise<HttpFarEnd> {
  const received: ReceivedRequest[] = [];
  const server = createFarEnd(farEnd, listenerOf(farEnd, accept, received));
  const isTls = farEnd.kind === 'wrong-tls' || farEnd.kind === 'untrusted';
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const hangUp = (): void => {
    if ('closeAllConnections' in server) server.closeAllConnections();
  };
  return {
    origin: `${isTls ? 'https' : 'http'}://127.0.0.1:${portOf(server)}`,
    received,
    hangUp,
    close: async () => {
      hangUp();
      await new Promise((done) => server.close(done));
    },
  };
}

function createFarEnd(farEnd: FarEnd, listener: RequestListener) {
  if (farEnd.kind === 'untrusted') return createHttpsServer(createSelfSigned(), listener);
  if (farEnd.kind !== 'wrong-tls') return createServer(listener);
  return createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('220 no TLS here\r\n', () => socket.destroy());
  });
}

function listenerOf(farEnd: FarEnd, accept: Accept, received: ReceivedRequest[]): RequestListener {
  return (request, response) => {
    void readRequest(request).then(
      (one) => behave(farEnd, response, () => answer(one, response, { accept, received })),
      () => undefined,
    );
  };
}

function behave(farEnd: FarEnd, response: ServerResponse, onAccept: () => void): void {
  switch (farEnd.kind) {
    case 'accepts':
    case 'untrusted':
      onAccept();
      return;
    case 'answers':
      response.writeHead(farEnd.status, farEnd.headers).end(farEnd.body ?? 'no');
      return;
    case 'redirects':
      response.writeHead(302, { location: '/elsewhere' }).end();
      return;
    case 'drops':
      response.socket?.resetAndDestroy();
      return;
    case 'trickles':
      trickle(response);
      return;
    default:
  }
}

function trickle(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), TRICKLE_MS);
  response.on('close', () => clearInterval(timer));
}

function answer(
  request: ReceivedRequest,
  response: ServerResponse,
  { accept, received }: { readonly accept: Accept; readonly received: ReceivedRequest[] },
): void {
  try {
    const { status, headers, body } = accept(request);
    response.writeHead(status, headers).end(body);
    received.push(request);
  } catch (error) {
    response.writeHead(400).end(error instanceof Error ? error.message : 'refused');
  }
}

async function readRequest(request: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  const { method = '', url = '' } = request;
  return { method, path: url, headers, body: Buffer.concat(chunks).toString() };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
