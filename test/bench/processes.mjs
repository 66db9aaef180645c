import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const here = import.meta.dirname;

/** Arguments that meter a program with our distribution. */
export const METERED = [
  '--import',
  pathToFileURL(join(here, '../../packages/node/dist/register.js')).href,
];

/** Starts a program of `apps/` with Node arguments and variables. */
export function start(app, { args = [], env = {} } = {}) {
  return spawn(process.execPath, [...args, join(here, 'apps', app)], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** The first line that a child prints. */
export async function firstLine(child) {
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'));
  }
  throw new Error('a process of the benchmark ended early');
}

/** Runs a program to its end and returns what it printed as JSON. */
export async function run(app, options) {
  const child = start(app, options);
  const ended = new Promise((resolve) => child.once('close', resolve));
  const line = await firstLine(child);
  child.stdout.resume();
  await ended;
  return JSON.parse(line);
}

/** Runs `use` with the origin of a provider that also swallows OTLP. */
export async function withProvider(use) {
  const provider = start('provider.mjs');
  try {
    return await use(await firstLine(provider));
  } finally {
    provider.kill();
  }
}

/** Variables that send a client to a provider, and its telemetry to the same place. */
export function clientEnv(origin, more = {}) {
  return {
    PROVIDER_URL: origin,
    OTEL_EXPORTER_OTLP_ENDPOINT: origin,
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    ...more,
  };
}

/** The value that half of the others exceed. */
export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
