import { createServer } from 'node:net';

function canListen(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(taken));
    });
  });
}

/**
 * The first port from `first` on, of the next twenty, on which nothing listens; 0 lets the system choose. Another program
 * may take it before it is used. Undefined when all are taken.
 */
export async function findFreePort(first: number, host: string): Promise<number | undefined> {
  for (let port = first; port < first + 20 && port <= 65_535; port += 1) {
    const free = await canListen(port, host);
    if (free !== undefined || first === 0) return free;
  }
  return undefined;
}
