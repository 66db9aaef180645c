/** Where a request goes. */
export interface Origin {
  readonly host: string;
  readonly port: number;
}

/** Host and port of a URL, the scheme's default included. */
export function urlOrigin(url: URL): Origin {
  const standard = url.protocol === 'http:' ? 80 : 443;
  return { host: url.hostname, port: url.port === '' ? standard : Number(url.port) };
}
