import type { CallRecord } from '@tokenmeter/core';

/** Keys of what is remembered by server. */
export interface ServerKeys {
  /** For the attributes that spans start with. */
  readonly start: string;
  /** For the attributes of the conventions' metrics. */
  readonly metrics: string;
}

let last: { readonly keys: ServerKeys } & Server = { keys: keysOf({}) };

type Server = Pick<CallRecord, 'serverAddress' | 'serverPort'>;

/** The keys of a server: the very same texts for the server of the call before, because new ones cost a hash each. */
export function serverKeys({ serverAddress, serverPort }: Server): ServerKeys {
  if (last.serverAddress === serverAddress && last.serverPort === serverPort) return last.keys;
  const server: Server = {
    ...(serverAddress === undefined ? {} : { serverAddress }),
    ...(serverPort === undefined ? {} : { serverPort }),
  };
  last = { ...server, keys: keysOf(server) };
  return last.keys;
}

function keysOf({ serverAddress, serverPort }: Server): ServerKeys {
  return {
    start: `start ${serverAddress} ${serverPort}`,
    metrics: `server ${serverAddress} ${serverPort}`,
  };
}
