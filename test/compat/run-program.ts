import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CompatProvider, startCompatProvider } from './provider/compat-provider.ts';
import type { SeenRequest } from './provider/seen-request.ts';

const REGISTER = fileURLToPath(new URL('../../packages/node/dist/register.js', import.meta.url));
const TIME_LIMIT_MS = 240_000;

/** How a program is run. */
export interface ProgramRun {
  readonly node: string;
  readonly file: string;
  /** Flag that loads the meter; undefined runs the program bare. */
  readonly preload?: '--import' | '--require';
  readonly provider?: string;
  readonly others?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutOutcome: 'aborted' | 'error';
}

/** What a program did. */
export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seen: readonly SeenRequest[];
  readonly observed: CompatProvider['observed'];
  /** Recognised requests that are no calls. */
  readonly looks: number;
}

/** Runs a program against providers of its own. */
export async function runProgram(run: ProgramRun): Promise<ProgramResult> {
  await using provider = await startCompatProvider({ provider: run.provider, others: run.others });
  using certificate = writeCertificate(provider.certificate);
  const others = [...provider.otherHosts];
  const declared = [
    ...(run.provider === undefined ? [] : provider.hosts.map((host) => [run.provider, host])),
    ...others,
  ].map(([name, host]) => `${host}=${name}`);
  const child = spawn(
    run.node,
    [...(run.preload === undefined ? [] : [run.preload, REGISTER]), run.file],
    {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        COMPAT_URL: provider.url,
        COMPAT_HTTP2_URL: provider.http2Url,
        COMPAT_TLS_URL: provider.tlsUrl,
        NODE_EXTRA_CA_CERTS: certificate.file,
        COMPAT_OTHERS: JSON.stringify(Object.fromEntries(others)),
        ...(declared.length === 0 ? {} : { TOKENMETER_HOSTS: declared.join(',') }),
        ...run.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIME_LIMIT_MS,
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return {
    code,
    stdout,
    stderr,
    seen: [...provider.seen],
    observed: [...provider.observed],
    looks: provider.looks(),
  };
}

/** Node takes further certificates from a file only. */
function writeCertificate(pem: string): Disposable & { readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-compat-ca-'));
  const file = join(folder, 'ca.pem');
  writeFileSync(file, pem);
  return { file, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
