import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that speaks the part of Grafana's HTTP API that boards need, and keeps what it is given. */
export interface FakeGrafana extends AsyncDisposable {
  readonly url: string;
  readonly boards: Map<string, Record<string, unknown>>;
  /** Requests that would change something. */
  readonly writes: string[];
}

/** What a Grafana is like. */
export interface GrafanaTraits {
  readonly version?: string;
  /** Tells its version only to who is signed in. */
  readonly hidesVersion?: boolean;
  readonly datasources?: readonly Readonly<Record<'uid' | 'name' | 'type', string>>[];
  /** Lists data sources to administrators only, as Grafana Cloud does. */
  readonly hidesDatasources?: boolean;
  /** Boards that it reads from its own disk. */
  readonly provisioned?: readonly Record<string, unknown>[];
  /** Sends everybody to another address. */
  readonly redirectsTo?: string;
}

type Answer = readonly [status: number, body: unknown];

const TOKEN = 'editor-token';
const DATASOURCES = [{ uid: 'prom', name: 'Prometheus', type: 'prometheus' }];

/** Starts it. The one token that it takes is `editor-token`. */
export async function startGrafana({
  version = '13.3.0',
  hidesVersion = false,
  datasources = DATASOURCES,
  hidesDatasources = false,
  provisioned = [],
  redirectsTo,
}: GrafanaTraits = {}): Promise<FakeGrafana> {
  const boards = new Map(provisioned.map((board) => [String(board.uid), board]));
  const isProvisioned = (uid: string): boolean => provisioned.some((board) => board.uid === uid);
  const folders: object[] = [];
  const writes: string[] = [];
  const routes: Readonly<Record<string, (body: unknown, uid: string) => Answer>> = {
    'GET /api/datasources': () =>
      hidesDatasources
        ? [403, { message: "You'll need additional permissions", title: 'Access denied' }]
        : [200, datasources],
    'GET /api/frontend/settings': () => [
      200,
      {
        buildInfo: { version, edition: 'Open Source' },
        datasources: Object.fromEntries(datasources.map((each) => [each.name, each])),
      },
    ],
    'GET /api/folders': () => [200, folders],
    'POST /api/folders': (body) => {
      folders.push({ uid: `f${folders.length}`, ...Object(body) });
      return [200, folders.at(-1)];
    },
    'POST /api/dashboards/db': (body) => {
      const board = { ...Object(Reflect.get(Object(body), 'dashboard')), id: 7, version: 1 };
      if (isProvisioned(String(board.uid))) {
        return [400, { message: 'Cannot save provisioned dashboard' }];
      }
      boards.set(String(board.uid), board);
      return [200, { ...answerTo(board), status: 'success' }];
    },
    'GET /api/dashboards/uid': (_body, uid) => {
      const board = boards.get(uid);
      if (board === undefined) return [404, { message: 'Dashboard not found' }];
      const meta = { type: 'db', canSave: true, slug: uid, provisioned: isProvisioned(uid) };
      return [200, { meta, dashboard: migrated(board) }];
    },
  };
  const answer = (request: IncomingMessage, body: unknown): Answer => {
    const [path = '', uid = ''] = (request.url ?? '').split('?')[0]?.split(/(?<=\/uid)\//) ?? [];
    if (path === '/api/health') {
      return [200, { database: 'ok', ...(hidesVersion ? {} : { version, commit: 'x' }) }];
    }
    if (request.headers.authorization !== `Bearer ${TOKEN}`)
      return [401, { message: 'Invalid API key' }];
    if (request.method === 'POST') writes.push(path);
    return routes[`${request.method} ${path}`]?.(body, uid) ?? [404, {}];
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let text = '';
    request.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    request.on('end', () => {
      if (redirectsTo !== undefined) {
        response.writeHead(301, { location: `${redirectsTo}${request.url}` }).end();
        return;
      }
      const [status, body] = answer(request, text === '' ? undefined : JSON.parse(text));
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    boards,
    writes,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerTo({ id, uid, version }: Record<string, unknown>): object {
  return { id, uid, version, url: `/d/${String(uid)}/x`, slug: 'x' };
}

/** What a newer Grafana makes of a board when it is read: its own schema, its own annotation, defaults filled in. */
function migrated(board: Record<string, unknown>): object {
  const builtIn = {
    builtIn: 1,
    datasource: { uid: '-- Grafana --' },
    name: 'Annotations & Alerts',
  };
  const own: unknown = Reflect.get(Object(board.annotations), 'list');
  const list = [builtIn, ...(Array.isArray(own) ? own : [])];
  return { ...board, schemaVersion: 43, annotations: { list }, weekStart: '' };
}
