import { CommandError } from './io.ts';

/** Oldest Grafana that loads these boards as they are. */
const OLDEST_MAJOR = 10;

/** Longest wait for one answer, in milliseconds. */
const TIMEOUT_MS = 15_000;

/** How Grafana is reached. */
export interface GrafanaTarget {
  readonly url: string;
  readonly token: string;
}

/** A data source as Grafana lists it. */
export interface GrafanaDatasource {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
}

/** A board as Grafana has it. */
export interface GrafanaBoard {
  readonly board: Readonly<Record<string, unknown>>;
  /** It came from a file on Grafana's disk, and the API may not replace it. */
  readonly isProvisioned: boolean;
}

/** Statuses that are answers of their own to one request. */
type Expected = readonly number[];

/** Grafana's HTTP API, as far as boards need it. Every failure is an error that names the fix. */
export class GrafanaClient {
  readonly #target: GrafanaTarget;

  constructor(target: GrafanaTarget) {
    this.#target = { ...target, url: target.url.replace(/\/+$/, '') };
  }

  /** Throws unless a Grafana that is new enough answers. */
  async checkVersion(): Promise<string> {
    const health = await this.#ask('GET', '/api/health');
    const version = textOf(health, 'version') ?? (await this.#hiddenVersion(health)) ?? '';
    const major = Number.parseInt(version, 10);
    if (!Number.isInteger(major)) {
      throw new CommandError(`${this.#target.url} is no Grafana: it tells no version`, {
        hint: 'give the address that opens Grafana in a browser as --grafana-url',
      });
    }
    if (major >= OLDEST_MAJOR) return version;
    throw new CommandError(`Grafana ${version} is too old for these boards`, {
      hint: `they need ${OLDEST_MAJOR} or newer; nothing was changed`,
    });
  }

  /** A Grafana may hide its version from whoever is not signed in; its settings have it. */
  async #hiddenVersion(health: unknown): Promise<string | undefined> {
    if (textOf(health, 'database') === undefined) return undefined;
    const settings = await this.#ask('GET', '/api/frontend/settings', { expected: [404] });
    return textOf(Reflect.get(Object(settings), 'buildInfo'), 'version');
  }

  /** All data sources that the token may ask. */
  async datasources(): Promise<readonly GrafanaDatasource[]> {
    const listed = await this.#ask('GET', '/api/datasources', { expected: [403] });
    const list: readonly unknown[] = Array.isArray(listed) ? listed : await this.#ownDatasources();
    return list.map((each) => ({
      uid: textOf(each, 'uid') ?? '',
      name: textOf(each, 'name') ?? '',
      type: textOf(each, 'type') ?? '',
    }));
  }

  /** Where editors may not list data sources (Grafana Cloud), the settings name those that they may ask. */
  async #ownDatasources(): Promise<readonly unknown[]> {
    const settings = await this.#ask('GET', '/api/frontend/settings');
    return Object.values(Object(Reflect.get(Object(settings), 'datasources')));
  }

  /** A board as it is there; undefined when there is none. */
  async board(uid: string): Promise<GrafanaBoard | undefined> {
    const found = await this.#ask('GET', `/api/dashboards/uid/${uid}`, { expected: [404] });
    const board: unknown = Reflect.get(Object(found), 'dashboard');
    if (typeof board !== 'object' || board === null) return undefined;
    const meta: unknown = Reflect.get(Object(found), 'meta');
    return {
      board: { ...board },
      isProvisioned: Reflect.get(Object(meta), 'provisioned') === true,
    };
  }

  /** Uid of the folder with this title, created where it is missing. */
  async folder(title: string): Promise<string> {
    const folders = await this.#ask('GET', '/api/folders?limit=1000');
    const known = Array.isArray(folders)
      ? folders.find((each: unknown) => textOf(each, 'title') === title)
      : undefined;
    const folder = known ?? (await this.#ask('POST', '/api/folders', { body: { title } }));
    return textOf(folder, 'uid') ?? '';
  }

  /** Creates or replaces a board. */
  async putBoard(dashboard: object, folderUid: string): Promise<void> {
    const message = 'tokenmeter dashboards apply';
    const body = { dashboard, folderUid, overwrite: true, message };
    await this.#ask('POST', '/api/dashboards/db', { body });
  }

  /** The answer as JSON; undefined where its status is one of the expected ones. */
  async #ask(
    method: string,
    path: string,
    { body, expected = [] }: { readonly body?: object; readonly expected?: Expected } = {},
  ): Promise<unknown> {
    const { url, token } = this.#target;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      // Followed, a POST would become a GET and lose its token.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new CommandError(`no answer from ${url}${reasonOf(error)}`, {
        hint: 'check --grafana-url and that Grafana runs; nothing was changed',
        cause: error,
      });
    });
    // Read whatever comes: an answer left unread keeps the command from ending.
    const text = await response.text();
    if (expected.includes(response.status)) return undefined;
    if (response.status >= 300 && response.status < 400) {
      const location = response.headers.get('location') ?? 'another address';
      throw new CommandError(`${url} redirects to ${location}`, {
        hint: 'pass the address that Grafana answers at as --grafana-url; nothing was changed',
      });
    }
    if (response.status === 401 || response.status === 403) {
      throw new CommandError(`Grafana refused the token (${response.status} at ${path})`, {
        hint: 'create a service account token with the role Editor and pass it as GRAFANA_TOKEN',
      });
    }
    if (!response.ok) {
      throw new CommandError(`Grafana answered ${response.status} at ${path}`, {
        hint: text.slice(0, 300) || 'see the log of Grafana',
      });
    }
    return parsed(text, url);
  }
}

/** Why there was no answer, as the system calls it (`ECONNREFUSED`), or in words. */
function reasonOf(error: unknown): string {
  const cause: unknown = Reflect.get(Object(error), 'cause');
  const reason = textOf(cause, 'code') ?? textOf(cause, 'message');
  if (reason !== undefined) return ` (${reason})`;
  return textOf(error, 'name') === 'TimeoutError' ? ` within ${TIMEOUT_MS / 1000} s` : '';
}

function parsed(text: string, url: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    throw new CommandError(`${url} is no Grafana: its answer is no JSON`, {
      hint: 'give the address that opens Grafana in a browser as --grafana-url',
      cause: error,
    });
  }
}

function textOf(value: unknown, key: string): string | undefined {
  const found: unknown = Reflect.get(Object(value), key);
  return typeof found === 'string' ? found : undefined;
}
