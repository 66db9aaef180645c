import { once } from 'node:events';
import { createServer } from 'node:http';
import { type NamedStats, renderWorkerMetrics } from './render/render-worker-metrics.ts';

/** A server of the worker's own figures on loopback. */
export interface MetricsServer extends AsyncDisposable {
  readonly url: string;
}

/** Serves `/metrics` as Prometheus text and `/healthz`; everything else is not found. Throws when the port is taken. */
export async function serveWorkerMetrics(
  port: number,
  read: () => readonly NamedStats[],
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method !== 'GET' || (pathname !== '/metrics' && pathname !== '/healthz')) {
      response.writeHead(404).end();
      return;
    }
    const type = 'text/plain; version=0.0.4; charset=utf-8';
    response.writeHead(200, { 'content-type': type });
    response.end(pathname === '/metrics' ? renderWorkerMetrics(read(), Date.now()) : 'ok\n');
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
