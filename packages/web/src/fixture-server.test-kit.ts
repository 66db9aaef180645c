import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { AlertView, LiveEvent, Overview, SpendSeries } from '@tokenmeter/server';
import { createEstimates, createModels } from './sample-data.test-kit.ts';

/** The policy that the page must live under. */
const STRICT_CSP: string =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** What the server answers now; tests change it while the page is open. */
export interface FixtureState {
  overview: Overview;
  alerts: readonly AlertView[];
  spend: (url: URL) => SpendSeries;
  /** Rows of `llm_telemetry` as the API gives them. */
  calls: (url: URL) => readonly Readonly<Record<string, unknown>>[];
  /** Answer of every API path instead of data. */
  failure?: { readonly status: number; readonly error: string; readonly hint: string };
  /** Leaves API requests without an answer. */
  isHanging: boolean;
}

/** A server that speaks the page's API. */
export interface FixtureServer {
  readonly url: string;
  readonly state: FixtureState;
  /** Paths of the API that were asked for, with their query. */
  readonly asked: readonly string[];
  send(event: LiveEvent): void;
  /** Ends every open stream; with `refuse`, new ones answer 503 until called with false. */
  dropStreams(refuse: boolean): void;
  close(): Promise<void>;
}

function renderEvent(event: LiveEvent): string {
  return `event: ${event.kind}\ndata: ${JSON.stringify(event.value)}\n\n`;
}

function answerJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

async function answerFile(response: ServerResponse, folder: string, path: string): Promise<void> {
  const isAsset = extname(path) !== '';
  const file = join(folder, isAsset ? path : 'index.html');
  try {
    const body = await readFile(file);
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': STRICT_CSP,
    });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}

function answerApi(response: ServerResponse, url: URL, state: FixtureState): void {
  if (state.isHanging) return;
  if (state.failure) {
    const { status, ...problem } = state.failure;
    answerJson(response, status, problem);
    return;
  }
  const answers: Readonly<Record<string, () => unknown>> = {
    '/api/v1/overview': () => state.overview,
    '/api/v1/alerts': () => state.alerts,
    '/api/v1/spend': () => state.spend(url),
    '/api/v1/calls': () => state.calls(url),
    '/api/v1/models': () => createModels(),
    '/api/v1/estimate': () => createEstimates(url),
  };
  const answer = answers[url.pathname];
  if (answer) answerJson(response, 200, answer());
  else answerJson(response, 404, { error: `No such path: ${url.pathname}` });
}

/** Serves a built page from `folder` and the API from `state`, on a port of its own. */
export async function startFixtureServer(
  folder: string,
  state: FixtureState,
): Promise<FixtureServer> {
  const streams = new Set<ServerResponse>();
  const asked: string[] = [];
  let isRefusing = false;

  function openStream(response: ServerResponse): void {
    if (isRefusing || state.failure) {
      response.writeHead(503).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.write(renderEvent({ kind: 'overview', value: state.overview }));
    response.write(renderEvent({ kind: 'alerts', value: state.alerts }));
    streams.add(response);
    response.on('close', () => streams.delete(response));
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fixture');
    if (!url.pathname.startsWith('/api/')) {
      void answerFile(response, folder, url.pathname);
      return;
    }
    asked.push(`${url.pathname}${url.search}`);
    if (url.pathname === '/api/v1/live' && !state.isHanging) openStream(response);
    else answerApi(response, url, state);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    state,
    asked,
    send: (event) => streams.forEach((stream) => void stream.write(renderEvent(event))),
    dropStreams(refuse) {
      isRefusing = refuse;
      for (const stream of streams) stream.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
