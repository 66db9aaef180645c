import type { CallRecord } from '@tokenmeter/core';

/** Keys of what is remembered by server. */
export interface ServerKeys {
  /** For the attributes that spans start with. */
  readonly start: string;
  /** For the attributes of the conventions' metrics. */
  readonly metrics: string;
}

type Server = Pick<CallRecord, 'serverAddress' | 'serverPort'>;

let last: { readonly address?: string | undefined; readonly port?: number | undefined } = {};
let keys: ServerKeys = keysOf({});

/** The keys of a server: the very same texts for the server of the call before, because new ones cost a hash each. */
export function serverKeys(server: Server): ServerKeys {
  const { serverAddress: address, serverPort: port } = server;
  if (last.address === address && last.port === port) return keys;
  last = { address, port };
  keys = keysOf(server);
  return keys;
}

function keysOf({ serverAddress, serverPort }: Server): ServerKeys {
  return {
    start: `start ${serverAddress} ${serverPort}`,
    metrics: `server ${serverAddress} ${serverPort}`,
  };
}
