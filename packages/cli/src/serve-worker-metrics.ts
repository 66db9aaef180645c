import { once } from 'node:events';
import { createServer } from 'node:http';
import { CommandError } from './io.ts';
import { renderWorkerMetrics, type WorkerFigures } from './render/render-worker-metrics.ts';

/** Reads `--metrics-port`; undefined when it was not given. Throws a `CommandError` for anything but a port. */
export function readMetricsPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new CommandError(`--metrics-port must be 0 to 65535, got ${text}`, { exitCode: 2 });
}

/** A server of the worker's own figures on loopback. */
export interface MetricsServer extends AsyncDisposable {
  readonly url: string;
}

/** Serves `/metrics` as Prometheus text and `/healthz`; everything else is not found. Throws when the port is taken. */
export async function serveWorkerMetrics(
  port: number,
  read: () => WorkerFigures,
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
