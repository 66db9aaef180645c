import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A `tokenmeter up` that owns a ledger. */
export interface RunningServer {
  readonly url: string;
  readonly pid: number;
}

const FILE = 'server.json';

function isRunningServer(value: unknown): value is RunningServer {
  return (
    typeof value === 'object' &&
    value !== null &&
    'url' in value &&
    typeof value.url === 'string' &&
    'pid' in value &&
    typeof value.pid === 'number'
  );
}

/** Notes beside the ledger who serves it, so that other commands ask the server instead of the locked file. */
export async function announceServer(dataDir: string, server: RunningServer): Promise<void> {
  await writeFile(join(dataDir, FILE), `${JSON.stringify(server)}\n`);
}

/** Takes the note back. Never throws: the next start overwrites it anyway. */
export async function withdrawServer(dataDir: string): Promise<void> {
  await rm(join(dataDir, FILE), { force: true });
}

/** The server that answers for this ledger, or undefined when none is alive. */
export async function findServer(dataDir: string): Promise<RunningServer | undefined> {
  try {
    const noted: unknown = JSON.parse(await readFile(join(dataDir, FILE), 'utf8'));
    if (!isRunningServer(noted)) return undefined;
    const answer = await fetch(`${noted.url}/healthz`, { signal: AbortSignal.timeout(2000) });
    return answer.ok ? noted : undefined;
  } catch {
    return undefined;
  }
}
