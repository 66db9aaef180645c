/** Providers of further hosts, by lower-case `host` or `host:port`; `ANY_PROVIDER` for gateways to several. */
export type DeclaredHosts = ReadonlyMap<string, string>;

/** Declares a host that passes the providers' own APIs through: there the API tells the provider. */
export const ANY_PROVIDER = '*';

/** What `TOKENMETER_HOSTS` says, or what is wrong with it in words for a person. */
export type ParsedHosts =
  | { readonly ok: true; readonly hosts: DeclaredHosts }
  | { readonly ok: false; readonly problem: string };

const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?$/;
const PROVIDER = /^(?:\*|[a-z0-9][a-z0-9._-]{0,63})$/;

/**
 * Parses `host[:port]=provider` pairs separated by commas, such as `127.0.0.1:8080=openai,[::1]:9000=ollama,llm.internal=*`.
 * Empty text declares nothing. The first wrong pair is the problem. Never throws.
 */
export function parseDeclaredHosts(text: string): ParsedHosts {
  const hosts = new Map<string, string>();
  for (const pair of text.split(',').map((part) => part.trim())) {
    if (pair === '') continue;
    const [host = '', provider = '', ...rest] = pair
      .split('=')
      .map((part) => part.trim().toLowerCase());
    const match = HOST.exec(host);
    const hasPort = match?.[1] === undefined || (Number(match[1]) > 0 && Number(match[1]) <= 65535);
    if (match === null || !hasPort || !PROVIDER.test(provider) || rest.length > 0) {
      return { ok: false, problem: `expected host[:port]=provider, got ${JSON.stringify(pair)}` };
    }
    const known = hosts.get(host);
    if (known !== undefined && known !== provider) {
      return { ok: false, problem: `${host} is declared twice: as ${known} and as ${provider}` };
    }
    hosts.set(host, provider);
  }
  return { ok: true, hosts };
}
