import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Exchange } from './exchange.ts';

/** A server that answers each exchange's request with its response. */
export interface FixtureServer extends AsyncDisposable {
  readonly port: number;
}

/** Starts one on a free port; a request names its exchange in `x-exchange` and must come to the exchange's path. */
export async function startFixtureServer(exchanges: readonly Exchange[]): Promise<FixtureServer> {
  const byName = new Map(exchanges.map((exchange) => [exchange.name, exchange]));
  const server = createServer((request, response) => {
    const exchange = byName.get(String(request.headers['x-exchange']));
    request.resume().once('end', () => {
      if (exchange === undefined || exchange.path !== request.url) {
        response.writeHead(501).end();
        return;
      }
      const { statusCode, contentType, bytes } = exchange.response;
      response.writeHead(statusCode, { 'content-type': contentType });
      // In two writes, so that a stream is one.
      const half = Math.floor(bytes.length / 2);
      response.write(bytes.subarray(0, half));
      setImmediate(() => response.end(bytes.subarray(half)));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
