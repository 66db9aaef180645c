import { once } from 'node:events';
import type { Server } from 'node:http';

/** Listens on 127.0.0.1 and gives the port; 0 asks for a free one. Rejects if the port is taken. */
export async function listenOnLoopback(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new TypeError(`expected a TCP address, got ${String(address)}`);
  }
  return address.port;
}
