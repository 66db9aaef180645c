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
    const settings = await this.#ask('GET', '/api/frontend/settings', undefined, true);
    return textOf(Reflect.get(Object(settings), 'buildInfo'), 'version');
  }

  /** All data sources. */
  async datasources(): Promise<readonly GrafanaDatasource[]> {
    const list = await this.#ask('GET', '/api/datasources');
    if (!Array.isArray(list)) return [];
    return list.map((each: unknown) => ({
      uid: textOf(each, 'uid') ?? '',
      name: textOf(each, 'name') ?? '',
      type: textOf(each, 'type') ?? '',
    }));
  }

  /** A board as it is there; undefined when there is none. */
  async board(uid: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const found = await this.#ask('GET', `/api/dashboards/uid/${uid}`, undefined, true);
    const board: unknown = Reflect.get(Object(found), 'dashboard');
    return typeof board === 'object' && board !== null ? { ...board } : undefined;
  }

  /** Uid of the folder with this title, created where it is missing. */
  async folder(title: string): Promise<string> {
    const folders = await this.#ask('GET', '/api/folders?limit=1000');
    const known = Array.isArray(folders)
      ? folders.find((each: unknown) => textOf(each, 'title') === title)
      : undefined;
    const folder = known ?? (await this.#ask('POST', '/api/folders', { title }));
    return textOf(folder, 'uid') ?? '';
  }

  /** Creates or replaces a board. */
  async putBoard(dashboard: object, folderUid: string): Promise<void> {
    const message = 'tokenmeter dashboards apply';
    await this.#ask('POST', '/api/dashboards/db', {
      dashboard,
      folderUid,
      overwrite: true,
      message,
    });
  }

  async #ask(method: string, path: string, body?: object, mayMiss = false): Promise<unknown> {
    const { url, token } = this.#target;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new CommandError(`no answer from ${url}`, {
        hint: 'check --grafana-url and that Grafana runs; nothing was changed',
        cause: error,
      });
    });
    // Read whatever comes: an answer left unread keeps the command from ending.
    const text = await response.text();
    if (response.status === 404 && mayMiss) return undefined;
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
