import type { OtlpSettings } from './otlp-settings.ts';

/** Longest time that a program waits in `process.exit()`, in milliseconds. */
const DEADLINE_MS = 1500;

/** One export request. */
export interface ExitRequest {
  readonly settings: OtlpSettings;
  readonly body: Uint8Array;
}

/**
 * Sends requests while the process is exiting, when nothing asynchronous runs any more: a short-lived helper process does
 * it, and this one waits for it. Never throws; false when not all were taken.
 */
export function sendAtExit(requests: readonly ExitRequest[]): boolean {
  if (requests.length === 0) return true;
  try {
    const { spawnSync } = process.getBuiltinModule('node:child_process');
    const targets = JSON.stringify(requests.map(targetOf));
    // Headers may hold a key, so everything goes over a pipe and nothing into arguments or environment.
    const { status } = spawnSync(process.execPath, ['--input-type=commonjs', '-e', HELPER], {
      input: Buffer.concat([Buffer.from(`${targets}\n`), ...requests.map(({ body }) => body)]),
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

function targetOf({ settings, body }: ExitRequest): object {
  const { url, headers, encoding, caFile, certFile, keyFile } = settings;
  const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
  return {
    url: url.href,
    headers: { ...headers, 'content-type': type, 'content-length': body.length },
    files: { ca: caFile, cert: certFile, key: keyFile },
  };
}

/**
 * The helper: reads a line of targets and their bodies from standard input, sends them side by side, ends with 0 when all
 * were taken.
 */
const HELPER = `
const fs = require('node:fs');
const input = fs.readFileSync(0);
const end = input.indexOf('\\n');
let at = end + 1;
let missing = 0;
process.on('exit', () => { process.exitCode = missing === 0 ? 0 : 1; });
for (const { url, headers, files } of JSON.parse(input.toString('utf8', 0, end))) {
  const body = input.subarray(at, at + headers['content-length']);
  at += body.length;
  missing += 1;
  const tls = {};
  for (const [name, path] of Object.entries(files)) tls[name] = fs.readFileSync(path);
  const { request } = require(url.startsWith('https:') ? 'node:https' : 'node:http');
  const sent = request(url, { method: 'POST', headers, ...tls });
  sent.on('error', () => undefined);
  sent.on('response', (response) => {
    if (response.statusCode < 300) missing -= 1;
    response.destroy();
  });
  sent.end(body);
}
`;
