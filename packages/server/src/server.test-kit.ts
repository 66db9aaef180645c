import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqlResult } from './api.ts';
import type { ServerOptions } from './server-options.ts';
import { type Server, startServer } from './start-server.ts';

/** A server on a free port with a folder of its own, both gone at the end. */
export interface TestServer extends AsyncDisposable {
  readonly server: Server;
  readonly dataDir: string;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Rows of one statement. */
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
  json(path: string): Promise<unknown>;
}

/** Makes a folder that `remove` deletes. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'tokenmeter-server-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** True for an answer with rows. */
export function isSqlResult(value: unknown): value is SqlResult {
  return typeof value === 'object' && value !== null && 'rows' in value;
}

/** Starts a server for one test. */
export async function startTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const folder = await temporaryFolder();
  const dataDir = options.dataDir ?? folder.path;
  const server = await startServer({ port: 0, timeZone: 'UTC', ...options, dataDir });
  const post: TestServer['post'] = (path, body, headers = {}) =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body),
    });
  return {
    server,
    dataDir,
    post,
    rows: async (sql) => {
      const answer: unknown = await (await post('/api/v1/sql', { sql })).json();
      if (!isSqlResult(answer)) throw new Error(JSON.stringify(answer));
      return answer.rows;
    },
    json: async (path) => (await fetch(server.url + path)).json(),
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await folder.remove();
    },
  };
}

/** A request with any header, also those that `fetch` sets itself. */
export function rawRequest(
  port: number,
  options: { method?: string; path: string; headers?: Record<string, string>; body?: string },
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }> {
  return new Promise((done, failed) => {
    const sent = request(
      { host: '127.0.0.1', port, setHost: options.headers?.host === undefined, ...options },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () =>
          done({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    sent.on('error', failed);
    sent.end(options.body);
  });
}
