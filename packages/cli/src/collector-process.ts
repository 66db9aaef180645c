import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CollectorProgram, DOCKER_IMAGE } from './collector-binary.ts';
import { configFolder } from './collector-data.ts';
import type { CollectorEnvironment } from './collector-environment.ts';
import { endWithUs } from './end-with-us.ts';
import { CommandError } from './io.ts';

/** A running Collector. */
export interface RunningCollector {
  readonly pid: number | undefined;
  /** Resolves with the exit code; a signal is its number and 128, as in a shell. */
  readonly exited: Promise<number>;
  /** The last lines of its log. */
  readonly lastWords: () => string;
  /**
   * Waits until every queue is empty, at most so long and not once `hurry` aborts, then lets it end. Returns what still
   * waits on disk, in the queues' own sizes; 0 when everything has been delivered.
   */
  readonly stop: (drainMs: number, hurry?: AbortSignal) => Promise<number>;
}

/** What is started. */
export interface CollectorStart {
  readonly program: CollectorProgram;
  readonly args: readonly string[];
  readonly environment: CollectorEnvironment;
  /** Everything that the Collector logs. */
  readonly log: (text: string) => void;
}

const START_MS = 60_000;
const POLL_MS = 100;
/** A start takes less than a second, so waiting must not add to it. */
const START_POLL_MS = 25;
const KEPT_LINES = 12;

/** The command line of a start; a container gets host network, the files, the queue, and our variables by name. */
function commandOf({ program, args, environment }: CollectorStart): [string, string[]] {
  if (program.kind === 'binary') return [program.command, [...args]];
  const dataFolders = Object.entries(environment.env)
    .filter(([name]) => /^TOKENMETER_(?:PRICE|DIALECT|PLAIN|PRIVACY)_/.test(name))
    .flatMap(([, path = '']) => (/\.(?:ottl|txt)$/.test(path) ? [path] : []));
  const paths = new Set([configFolder(), ...dataFolders.map((path) => dirname(path))]);
  const names = Object.keys(environment.env).filter((name) =>
    /^GOGC$|^(?:TOKENMETER|AWS|DD|GRAFANA|HONEYCOMB|ELASTIC|DYNATRACE|NEW_RELIC|SPLUNK|LANGFUSE|PHOENIX|GOOGLE|APPLICATIONINSIGHTS)_/.test(
      name,
    ),
  );
  return [
    program.command,
    [
      ...['run', '--rm', '--network', 'host', '--user', `${process.getuid?.() ?? 0}`],
      ...[...paths].flatMap((path) => ['-v', `${path}:${path}:ro`]),
      ...['-v', `${environment.queueFolder}:${environment.queueFolder}`],
      ...names.flatMap((name) => ['-e', name]),
      DOCKER_IMAGE,
      ...args,
    ],
  ];
}

/** Starts a Collector and resolves once it takes telemetry. Throws a `CommandError` with its own words if it does not. */
export async function startCollector(start: CollectorStart): Promise<RunningCollector> {
  const [command, args] = commandOf(start);
  const child = spawn(command, args, {
    env: start.environment.env,
    // Its own group: Ctrl-C in a terminal reaches us alone, and we drain before we stop it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  // Until it runs, its words are those of the error.
  let early: string[] | undefined = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      if (early === undefined) start.log(text);
      else early.push(text);
      lines.push(...text.split('\n').filter((line) => line !== ''));
      lines.splice(0, lines.length - KEPT_LINES);
    });
  }
  const exited = new Promise<number>((resolve) => {
    child.once('error', (error) => {
      lines.push(error.message);
      resolve(127);
    });
    child.once('exit', (code, signal) =>
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']),
    );
  });
  if (child.pid !== undefined) void exited.then(endWithUs(child.pid));
  const lastWords = (): string => lines.join('\n');
  const url = `http://127.0.0.1:${start.environment.metricsPort}/metrics`;
  const running: RunningCollector = {
    pid: child.pid,
    exited,
    lastWords,
    stop: async (drainMs, hurry) => {
      const left = await drain(url, { drainMs, hurry }, child);
      child.kill('SIGTERM');
      await exited;
      return left;
    },
  };
  await untilHealthy(start.environment, child, running);
  for (const text of early) start.log(text);
  early = undefined;
  return running;
}

async function untilHealthy(
  { healthPort, queueFolder }: CollectorEnvironment,
  child: ChildProcess,
  running: RunningCollector,
): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (hasEnded || child.pid === undefined) {
      await running.exited;
      const said = running.lastWords() || `it ended with ${child.exitCode} and said nothing`;
      // The queue's files are locked while a Collector runs, and the wait for them says no more than this.
      const isLocked = /failed to start "[^"]+" exporter: timeout$/m.test(said);
      throw new CommandError(
        `the Collector does not start\n${complaintsIn(said)}`,
        isLocked
          ? { hint: `another Collector uses ${queueFolder}: set TOKENMETER_QUEUE_DIR for this one` }
          : {},
      );
    }
    if (await isHealthy(healthPort)) return;
    await sleep(START_POLL_MS);
  }
  child.kill('SIGKILL');
  throw new CommandError(
    `the Collector took nothing within ${START_MS / 1000} s\n${running.lastWords()}`,
  );
}

/** Of the last words of a Collector those that say why; all of them where none does. */
function complaintsIn(words: string): string {
  const lines = words.split('\n');
  const first = lines.findIndex((line) => /^(?:Error|panic|fatal error):/.test(line));
  return lines.slice(Math.max(0, first)).join('\n');
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/** Undefined when the Collector does not say. */
async function queuedNow(url: string): Promise<number | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    const text = await answer.text();
    const sizes = [...text.matchAll(/^otelcol_exporter_queue_size\{[^}]*\} (\S+)$/gm)];
    return sizes.reduce((sum, [, size]) => sum + Number(size), 0);
  } catch {
    return undefined;
  }
}

/** A hand-over from the journal to a backend may lie between two readings, so two empty ones in a row count. */
async function drain(
  url: string,
  { drainMs, hurry }: { readonly drainMs: number; readonly hurry: AbortSignal | undefined },
  child: ChildProcess,
): Promise<number> {
  const deadline = performance.now() + drainMs;
  let empty = 0;
  let left: number | undefined;
  do {
    left = await queuedNow(url);
    empty = left === 0 ? empty + 1 : 0;
    if (empty >= 2 || left === undefined || child.exitCode !== null) break;
    await sleep(POLL_MS);
  } while (performance.now() < deadline && hurry?.aborted !== true);
  return left ?? 0;
}
