import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startReplayProvider } from '@tokenmeter/testkit';
import { root, runNode } from '../e2e/run-process.ts';

/** What an application of ours is. */
export interface Application {
  readonly feature: string;
  readonly team: string;
  readonly calls: number;
}

const APP = join(root, 'test/e2e/apps/mixed-calls.mjs');
const REGISTER = pathToFileURL(join(root, 'packages/node/dist/register.js')).href;

/**
 * Runs an application with real SDKs under `node --import @tokenmeter/node` and keeps the OTLP/JSON exports of its metrics:
 * streams, retries, errors, aborts, cached prompts and a model without a price among them.
 */
export async function captureExports({ feature, team, calls }: Application): Promise<string[]> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      if (request.url === '/v1/metrics') bodies.push(body);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await using provider = await startReplayProvider();
  const { code, stderr } = await runNode(['--import', REGISTER, APP], {
    env: {
      PROVIDER_URL: provider.url,
      CALLS: String(calls),
      CONCURRENCY: '4',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_METRIC_EXPORT_INTERVAL: '400',
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=prod',
      TOKENMETER_FEATURE: feature,
      TOKENMETER_TEAM: team,
    },
  });
  await new Promise((resolve) => server.close(resolve));
  if (code !== 0 || bodies.length < 2) throw new Error(`${bodies.length} exports: ${stderr}`);
  return bodies;
}

/** The same export as it would have been at another time, of a process that began then. */
export function atTime(body: string, epochMs: number, startEpochMs: number): string {
  return body
    .replaceAll(/"timeUnixNano":"?\d+"?/g, `"timeUnixNano":"${epochMs}000000"`)
    .replaceAll(/"startTimeUnixNano":"?\d+"?/g, `"startTimeUnixNano":"${startEpochMs - 1}000000"`);
}
