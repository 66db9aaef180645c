import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The port is taken by another program. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  /** The port that was asked for. */
  readonly port: number;

  constructor(port: number, options?: ErrorOptions) {
    super(`port ${port} is in use by another program`, options);
    this.port = port;
  }
}

function isAddress(value: string | AddressInfo | null): value is AddressInfo {
  return typeof value === 'object' && value !== null;
}

/** Binds a server and resolves with its port. Rejects with `PortInUseError` when the port is taken. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((done, failed) => {
    server.once('error', (error) => {
      const isBusy = 'code' in error && error.code === 'EADDRINUSE';
      failed(isBusy ? new PortInUseError(port, { cause: error }) : error);
    });
    server.listen(port, host, () => {
      const address = server.address();
      done(isAddress(address) ? address.port : port);
    });
  });
}

/** Stops accepting, lets open requests end, and cuts them after `graceMs`. */
export async function stopListening(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  // A connection that becomes idle only now would stay open for its keep-alive time.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
