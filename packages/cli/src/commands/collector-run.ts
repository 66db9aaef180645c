import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CollectorOptions } from '../collector-choice.ts';
import { type CollectorEnvironment, createCollectorEnvironment } from '../collector-environment.ts';
import { type RunningCollector, startCollector } from '../collector-process.ts';
import { prepareCollector } from '../collector-start.ts';
import { CommandError, type Io } from '../io.ts';
import { warnOfLittleRoom } from '../queue-room.ts';

/** Options of `tokenmeter collector run`. */
export interface CollectorRunOptions extends CollectorOptions {
  readonly binary?: string;
  /** Seconds that the end waits for queues to empty. */
  readonly drain: string;
}

function parseDrain(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000;
  throw new CommandError(`--drain must be a number of seconds, got ${text}`, { exitCode: 2 });
}

/** Runs a Collector in the foreground until the person stops it. */
export async function runCollectorRun(options: CollectorRunOptions, io: Io): Promise<void> {
  const drainMs = parseDrain(options.drain);
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-collector-'));
  try {
    const { composition, program, args, variables } = await prepareCollector(options, folder, io);
    const environment = await createCollectorEnvironment({ ...options, variables }, io);
    await warnOfLittleRoom(composition, environment.queueFolder, io);
    const collector = await startCollector({ program, args, environment, log: io.stderr });
    announce(environment, { pid: collector.pid, options, io });
    await untilStopped(collector, drainMs, environment, io);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function announce(
  environment: CollectorEnvironment,
  { pid, options, io }: { pid: number | undefined; options: CollectorRunOptions; io: Io },
): void {
  const { host, port, grpcPort, queueFolder } = environment;
  const isEncrypted = options.auth?.some((name) => name === 'tls' || name === 'mtls') === true;
  const url = `${isEncrypted ? 'https' : 'http'}://${host}:${port}`;
  if (options.json === true) {
    const about = { url, pid, grpcPort, queue: queueFolder, backends: options.backend };
    io.stdout(`${JSON.stringify({ event: 'ready', ...about })}\n`);
    return;
  }
  io.stdout(
    [
      'ready',
      `  send     OTEL_EXPORTER_OTLP_ENDPOINT=${url}   (gRPC ${host}:${grpcPort})`,
      `  to       ${options.backend.join(', ')}`,
      `  queues   ${queueFolder}   (Ctrl-C delivers what waits, then stops; a second one stops at once)`,
      '',
    ].join('\n'),
  );
}

async function untilStopped(
  collector: RunningCollector,
  drainMs: number,
  { queueFolder }: CollectorEnvironment,
  io: Io,
): Promise<void> {
  const stopped = new Promise<'stopped'>((resolve) => {
    if (io.stop.aborted) resolve('stopped');
    io.stop.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
  const end = await Promise.race([stopped, collector.exited]);
  if (end !== 'stopped') {
    throw new CommandError(`the Collector ended with exit code ${end}\n${collector.lastWords()}`);
  }
  const left = await collector.stop(drainMs, io.hurry);
  if (left > 0) {
    io.stderr(`not everything is delivered; it waits in ${queueFolder} for the next start\n`);
  }
}
