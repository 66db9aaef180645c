import { access, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ENV } from '@tokenmeter/semconv';
import { type Child, startChild } from './child.ts';
import { APPLICATION } from './otlp-json.ts';
import type { WrittenConfig } from './standins-config.ts';
import type { Schedule } from './traffic.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

/** `tokenmeter up` as a child, with the address of its page and receiver. */
export interface RunningUp {
  readonly child: Child;
  readonly url: string;
}

/** A part of the demo ended before it was ready. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}

const READY_SECONDS = 30;
const POLL_MS = 50;

/** Starts `tokenmeter up` and waits until it serves. Throws `LaunchError` with its last words if it does not. */
export async function launchUp(options: {
  readonly dataDir: string;
  readonly port: number | undefined;
  readonly webhook: WebhookReceiver;
  /** Further channels. */
  readonly config?: WrittenConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
  readonly stop: AbortSignal;
}): Promise<RunningUp> {
  const readyFile = join(options.dataDir, 'ready.json');
  const manifest = createRequire(import.meta.url).resolve('tokenmeter/package.json');
  const args = [join(dirname(manifest), 'dist', 'main.js'), 'up', '--json'];
  args.push('--data', join(options.dataDir, 'ledger'), '--ready-file', readyFile);
  if (options.port !== undefined) args.push('--port', String(options.port));
  if (options.config !== undefined) args.push('--config', options.config.path);
  const child = startChild('tokenmeter up', args, {
    env: {
      ...options.env,
      ...options.config?.env,
      [ENV.webhookUrl.name]: options.webhook.url,
      [ENV.webhookSecret.name]: options.webhook.secret,
    },
    onLine: options.onLine,
  });
  let ending: string | undefined;
  void child.ended.then((words) => {
    ending = words;
  });
  const startMs = Date.now();
  while (Date.now() - startMs < READY_SECONDS * 1000 && !options.stop.aborted) {
    if (ending !== undefined) throw notReady(child, ending);
    const url = await readUrl(readyFile);
    if (url !== undefined) return { child, url };
    await sleep(POLL_MS);
  }
  await child.stop(0);
  throw notReady(child, `was not ready within ${READY_SECONDS} s`);
}

function notReady(child: Child, ending: string): LaunchError {
  return new LaunchError([`${child.name} ${ending}`, ...child.errorLines()].join('\n  '));
}

async function readUrl(readyFile: string): Promise<string | undefined> {
  try {
    await access(readyFile);
    const ready: unknown = JSON.parse(await readFile(readyFile, 'utf8'));
    return typeof ready === 'object' && ready !== null && 'url' in ready
      ? String(ready.url)
      : undefined;
  } catch {
    // Not there yet, or half written.
    return undefined;
  }
}

/** Starts the helpdesk, metered by `node --import @tokenmeter/node` and nothing else. */
export function launchApp(options: {
  readonly upUrl: string;
  readonly openaiUrl: string;
  readonly anthropicUrl: string;
  readonly schedule: Schedule;
  readonly seed: number;
  readonly env: NodeJS.ProcessEnv;
}): Child {
  const { schedule } = options;
  const hosts = [
    `${new URL(options.openaiUrl).host}=openai`,
    `${new URL(options.anthropicUrl).host}=anthropic`,
  ];
  const args = ['--import', import.meta.resolve('@tokenmeter/node')];
  args.push(fileURLToPath(new URL('./app.js', import.meta.url)), '--seed', String(options.seed));
  args.push('--launch-at', String(schedule.launchEpochMs));
  args.push('--prompt-at', String(schedule.promptEpochMs));
  args.push('--cache-at', String(schedule.cacheEpochMs));
  args.push('--fallback-at', String(schedule.fallbackEpochMs));
  return startChild('helpdesk', args, {
    env: {
      ...options.env,
      OPENAI_BASE_URL: `${options.openaiUrl}/v1`,
      OPENAI_API_KEY: 'replayed',
      ANTHROPIC_BASE_URL: options.anthropicUrl,
      ANTHROPIC_API_KEY: 'replayed',
      [ENV.hosts.name]: hosts.join(','),
      OTEL_EXPORTER_OTLP_ENDPOINT: options.upUrl,
      OTEL_METRIC_EXPORT_INTERVAL: '5000',
      OTEL_RESOURCE_ATTRIBUTES: Object.entries(APPLICATION)
        .map(([name, value]) => `${name}=${value}`)
        .join(','),
    },
  });
}
