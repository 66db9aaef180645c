/** Parses an http or https URL. Throws a TypeError that names the channel but not the URL, which may hold a secret. */
export function parseHttpUrl(text: string, channel: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`expected an http or https URL for the ${channel}`);
  }
  return url;
}
