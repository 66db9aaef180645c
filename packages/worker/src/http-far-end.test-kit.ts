import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import type { FarEnd } from './notifier.test-kit.ts';

/** One request as it came. */
export interface ReceivedRequest {
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
  readonly close: () => Promise<void>;
}

const TRICKLE_MS = 40;

/** Starts a far end of one behaviour. */
export async function startHttpFarEnd(farEnd: FarEnd, accept: Accept): Promise<HttpFarEnd> {
  const received: ReceivedRequest[] = [];
  const isTls = farEnd.kind === 'wrong-tls';
  const server = isTls
    ? createTcpServer((socket) =>
        socket.on('error', () => undefined).end('220 no TLS here\r\n', () => socket.destroy()),
      )
    : createServer(listenerOf(farEnd, accept, received));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    origin: `${isTls ? 'https' : 'http'}://127.0.0.1:${portOf(server)}`,
    received,
    close: async () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
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
