import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Below the range from which systems take ports for outgoing connections and for servers that ask for any. */
const FIRST_PORT = 11_000;
const RANGES = 200;
const RANGE_PORTS = 100;

let next = 0;
let end = 0;

/**
 * A port of the loopback that no other process that asks here is given as long as this one lives, and the one behind it, for
 * programs that cannot choose one themselves. Whether a stranger listens there is not asked.
 *
 * Throws when every range is taken.
 */
export function takePort(): number {
  if (next === end) {
    next = FIRST_PORT + claimRange() * RANGE_PORTS;
    end = next + RANGE_PORTS;
  }
  next += 2;
  return next - 2;
}

/** A port as `takePort` gives it on which nobody listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = takePort();
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** A range is a process's as long as a file of the range's name holds its id and it lives. */
function claimRange(): number {
  const folder = join(tmpdir(), 'tokenmeter-ports');
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index < RANGES; index += 1) {
    const range = (process.pid + index) % RANGES;
    const file = join(folder, String(range));
    if (!isClaimed(file)) rmSync(file, { force: true });
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
    } catch {
      continue;
    }
    process.once('exit', () => rmSync(file, { force: true }));
    return range;
  }
  throw new Error(`expected a free range of ports, got ${RANGES} that ${folder} says are taken`);
}

function isClaimed(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}
