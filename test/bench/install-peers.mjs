import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What is compared, exactly as pinned (registry, 2026-11-21). */
export const PEER_PACKAGES = {
  '@arizeai/openinference-instrumentation-openai': '4.2.7',
  '@opentelemetry/api': '1.10.0',
  '@opentelemetry/exporter-metrics-otlp-proto': '0.203.0',
  '@opentelemetry/exporter-trace-otlp-proto': '0.203.0',
  '@opentelemetry/instrumentation': '0.203.0',
  '@opentelemetry/instrumentation-openai': '0.22.0',
  '@opentelemetry/sdk-metrics': '2.0.1',
  '@opentelemetry/sdk-node': '0.203.0',
  '@traceloop/instrumentation-openai': '0.27.0',
  '@traceloop/node-server-sdk': '0.27.0',
  openai: '6.49.0',
  openlit: '1.15.0',
};

function npmInstall(cwd) {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const child = spawn('npm', ['install', '--legacy-peer-deps', ...flags], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm could not install the peers: ${stderr.trim().slice(-600)}`));
    });
  });
}

/** Installs the peers into the user's cache folder, never into the workspace; returns the folder. */
export async function installPeers(progress) {
  const pins = JSON.stringify([PEER_PACKAGES, process.platform, process.arch]);
  const hash = createHash('sha256').update(pins).digest('hex').slice(0, 16);
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tokenmeter');
  const folder = join(cache, 'peers', hash);
  if (existsSync(folder)) return folder;
  progress('installing the peers');
  const making = `${folder}.${process.pid}`;
  mkdirSync(making, { recursive: true });
  try {
    const manifest = { name: 'tokenmeter-peers', private: true, dependencies: PEER_PACKAGES };
    writeFileSync(join(making, 'package.json'), JSON.stringify(manifest, undefined, 2));
    await npmInstall(making);
    if (!existsSync(folder)) renameSync(making, folder);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}
