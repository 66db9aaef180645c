import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  type CompatProvider,
  type SeenRequest,
  startCompatProvider,
} from './provider/compat-provider.ts';

const REGISTER = fileURLToPath(new URL('../../packages/node/dist/register.js', import.meta.url));
const TIME_LIMIT_MS = 60_000;

/** How a program is run. */
export interface ProgramRun {
  readonly node: string;
  readonly file: string;
  /** Flag that loads the meter; undefined runs the program bare. */
  readonly preload?: '--import' | '--require';
  readonly provider?: string;
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
}

/** Runs a program against providers of its own. */
export async function runProgram(run: ProgramRun): Promise<ProgramResult> {
  await using provider = await startCompatProvider();
  const hosts = provider.hosts.map((host) => `${host}=${run.provider}`).join(',');
  const child = spawn(
    run.node,
    [...(run.preload === undefined ? [] : [run.preload, REGISTER]), run.file],
    {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        COMPAT_URL: provider.url,
        COMPAT_HTTP2_URL: provider.http2Url,
        ...(run.provider === undefined ? {} : { TOKENMETER_HOSTS: hosts }),
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
  return { code, stdout, stderr, seen: [...provider.seen], observed: [...provider.observed] };
}
