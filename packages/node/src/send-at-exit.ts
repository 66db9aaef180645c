import type { OtlpSettings } from './otlp-settings.ts';

/** Longest time that a program waits in `process.exit()`, in milliseconds. */
const DEADLINE_MS = 1500;

/**
 * Sends one body while the process is exiting, when nothing asynchronous runs any more: a short-lived helper process does
 * it, and this one waits for it. Never throws; false when it was not sent.
 */
export function sendAtExit(settings: OtlpSettings, body: string): boolean {
  try {
    const { spawnSync } = process.getBuiltinModule('node:child_process');
    const { url, headers } = settings;
    const target = JSON.stringify({
      url: url.href,
      headers: { ...headers, 'content-type': 'application/json' },
      files: { ca: settings.caFile, cert: settings.certFile, key: settings.keyFile },
    });
    // Headers may hold a key, so everything goes over a pipe and nothing into arguments or environment.
    const { status } = spawnSync(process.execPath, ['--input-type=commonjs', '-e', HELPER], {
      input: `${target}\n${body}`,
      timeout: DEADLINE_MS,
      killSignal: 'SIGKILL',
      stdio: ['pipe', 'ignore', 'ignore'],
      env: {},
      windowsHide: true,
    });
    return status === 0;
  } catch {
    return false;
  }
}

/** The helper: reads a line of target and a body from standard input, sends, ends with 0 when they were taken. */
const HELPER = `
const fs = require('node:fs');
const input = fs.readFileSync(0, 'utf8');
const end = input.indexOf('\\n');
const { url, headers, files } = JSON.parse(input.slice(0, end));
const body = Buffer.from(input.slice(end + 1));
const tls = {};
for (const [name, path] of Object.entries(files)) tls[name] = fs.readFileSync(path);
const { request } = require(url.startsWith('https:') ? 'node:https' : 'node:http');
const sent = request(url, { method: 'POST', headers: { ...headers, 'content-length': body.length }, ...tls });
process.exitCode = 1;
sent.on('error', () => undefined);
sent.on('response', (response) => {
  if (response.statusCode < 300) process.exitCode = 0;
  response.destroy();
});
sent.end(body);
`;
