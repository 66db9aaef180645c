import { once } from 'node:events';
import type { Server } from 'node:http';

/** A server that listens on the loopback until it is disposed of. */
export interface ListeningServer extends AsyncDisposable {
  readonly port: number;
  /** Ends it with the connections that are open; a second time does nothing. */
  stop(): Promise<void>;
}

/** Lets a server listen on 127.0.0.1, on a free port unless told otherwise. Rejects when it cannot. */
export async function listen(
  server: Server,
  { port = 0 }: { readonly port?: number } = {},
): Promise<ListeningServer> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('expected a port');
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { port: address.port, stop, [Symbol.asyncDispose]: stop };
}
