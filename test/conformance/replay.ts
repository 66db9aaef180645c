import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type OtlpSink, startOtlpSink } from '@tokenmeter/testkit';
import { type Finished, makeFolder, root, runNode } from '../e2e/run-process.ts';
import type { Exchange } from './exchange.ts';
import { startFixtureServer } from './fixture-server.ts';

const REGISTER = pathToFileURL(join(root, 'packages/node/dist/register.js')).href;
const APPS = join(root, 'test/conformance/apps');

/** The longest interval that a timer can hold: nothing is exported but by the flush at the end. */
const NEVER_MS = String(2 ** 31 - 1);

/** What a process that made every exchange left behind. */
export interface Replayed {
  readonly sink: OtlpSink;
  readonly finished: Finished;
  readonly port: number;
}

/** How to replay. */
export interface ReplayOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether each call has its exchange's name as feature, a team and a route; true when absent. */
  readonly isAttributed?: boolean;
}

/** Makes every exchange in one metered process that is left to end by itself. The sink stays open for questions. */
export async function replay(
  exchanges: readonly Exchange[],
  options: ReplayOptions = {},
): Promise<Replayed> {
  const sink = await startOtlpSink();
  const { finished, port } = await run(['--import', REGISTER, join(APPS, 'replay-fixtures.mjs')], {
    exchanges,
    ...options,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...options.env },
  });
  await sink[Symbol.asyncDispose]();
  return { sink, finished, port };
}

/** What a sampler is shown of each call's span: one JSON line each, on standard output. */
export async function showCreation(exchanges: readonly Exchange[]): Promise<Finished> {
  const { finished } = await run([join(APPS, 'show-creation.mjs')], { exchanges });
  return finished;
}

async function run(
  args: readonly string[],
  options: ReplayOptions & { readonly exchanges: readonly Exchange[] },
): Promise<{ finished: Finished; port: number }> {
  const { exchanges, env, headers = {}, isAttributed = true } = options;
  await using server = await startFixtureServer(exchanges);
  await using folder = await makeFolder();
  const file = join(folder.path, 'exchanges.json');
  const { port } = server;
  const plain = exchanges.map(({ name, method, host, path, requestText, requestHeaders }) => ({
    ...{ name, method, host, path, body: requestText },
    headers: { 'content-type': 'application/json', ...requestHeaders, ...headers },
  }));
  await writeFile(file, JSON.stringify({ exchanges: plain, port, isAttributed }));
  const finished = await runNode(args, {
    env: {
      EXCHANGES: file,
      OTEL_METRIC_EXPORT_INTERVAL: NEVER_MS,
      OTEL_SERVICE_NAME: 'conformance',
      TOKENMETER_HOSTS: `127.0.0.1:${port}=ollama`,
      ...env,
    },
  });
  return { finished, port };
}
