import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { buildCollector, collectorBinary } from '@tokenmeter/collector-config';
import { CommandError, type Io } from './io.ts';

/** A program that runs a Collector. */
export interface CollectorProgram {
  readonly command: string;
  /** What comes before the Collector's own arguments. Mounts and environment names are given at start. */
  readonly kind: 'binary' | 'docker';
}

/** The oldest release that runs every file, and the one that tests run. */
export const DOCKER_IMAGE = 'otel/opentelemetry-collector-contrib:0.155.0';

const NAMES = ['otelcol-tokenmeter', 'otelcol-contrib'] as const;

/** Where programs are kept that are built once. */
function componentsFolder(env: Io['env']): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tokenmeter', 'components');
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function findOnPath(name: string, env: Io['env']): string | undefined {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, `${name}${suffix}`))
    .find(isFile);
}

function answers(command: string, args: readonly string[], env: Io['env']): boolean {
  return spawnSync(command, args, { env, stdio: 'ignore', timeout: 10_000 }).status === 0;
}

/** Builds the lean distribution; throws a `CommandError` when there is no Go. */
export async function buildLeanCollector(io: Io): Promise<string> {
  const cacheFolder = componentsFolder(io.env);
  if (!existsSync(collectorBinary(cacheFolder)) && !answers('go', ['version'], io.env)) {
    throw new CommandError('building the Collector needs Go 1.26 on PATH', {
      hint: 'install Go (https://go.dev/dl), or put a stock otelcol-contrib from 0.155 on on PATH',
    });
  }
  return buildCollector({
    cacheFolder,
    env: io.env,
    say: (text) => io.stderr(`${text}\n`),
    signal: io.stop,
  });
}

/**
 * The Collector to run: `--binary`, otelcol-tokenmeter or otelcol-contrib on PATH, the one built before, one built now
 * with Go, or the stock image with Docker. Components that only stock otelcol-contrib has skip the lean ones.
 */
export async function findCollector(
  { binary, contribOnly }: { readonly binary?: string; readonly contribOnly: readonly string[] },
  io: Io,
): Promise<CollectorProgram> {
  if (binary !== undefined) {
    const path = resolve(io.cwd, binary);
    if (isFile(path)) return { command: path, kind: 'binary' };
    throw new CommandError(`--binary ${binary} is no file`, { exitCode: 2 });
  }
  const isLeanEnough = contribOnly.length === 0;
  for (const name of isLeanEnough ? NAMES : NAMES.slice(1)) {
    const found = findOnPath(name, io.env);
    if (found !== undefined) return { command: found, kind: 'binary' };
  }
  const built = collectorBinary(componentsFolder(io.env));
  if (isLeanEnough && isFile(built)) return { command: built, kind: 'binary' };
  if (isLeanEnough && answers('go', ['version'], io.env)) {
    io.stderr('no Collector on PATH; building one with Go, once (about two minutes)\n');
    return { command: await buildLeanCollector(io), kind: 'binary' };
  }
  if (answers('docker', ['info'], io.env)) return { command: 'docker', kind: 'docker' };
  throw new CommandError(
    isLeanEnough
      ? 'there is no Collector to run'
      : `${contribOnly.join(', ')} is in stock otelcol-contrib only, which is not on PATH`,
    {
      hint: isLeanEnough
        ? 'put otelcol-contrib (0.155 or later) on PATH, name one with --binary, or install Go and run: tokenmeter collector build'
        : 'put otelcol-contrib (0.155 or later) on PATH, or name it with --binary',
    },
  );
}
