import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CollectorOptions } from '../collector-choice.ts';
import { createCollectorEnvironment } from '../collector-environment.ts';
import { startCollector } from '../collector-process.ts';
import { prepareCollector } from '../collector-start.ts';
import { findFreePort } from '../free-port.ts';
import { CommandError, type Io } from '../io.ts';

/** Options of `tokenmeter collector validate`. */
export interface CollectorValidateOptions extends CollectorOptions {
  readonly binary?: string;
}

/**
 * Demands the environment, runs the Collector's own `validate`, then starts it on ports and a queue of its own and stops
 * it: what only shows at start, such as an extension that nobody lists, passes the Collector's `validate`.
 */
export async function runCollectorValidate(
  options: CollectorValidateOptions,
  io: Io,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-collector-'));
  try {
    const { program, args, variables } = await prepareCollector(options, folder, io);
    const environment = await createCollectorEnvironment(
      { ...options, variables: { ...variables, ...probeVariables(options) } },
      { ...io, env: await probeEnvironment(io.env, folder) },
    );
    if (program.kind === 'binary') {
      const checked = spawnSync(program.command, ['validate', ...args], {
        env: environment.env,
        encoding: 'utf8',
      });
      if (checked.status !== 0) {
        throw new CommandError(`the Collector refuses the configuration\n${checked.stderr}`);
      }
    }
    const startedAt = performance.now();
    const collector = await startCollector({ program, args, environment, log: () => {} });
    const startSeconds = (performance.now() - startedAt) / 1000;
    await collector.stop(0);
    io.stdout(
      options.json === true
        ? `${JSON.stringify({ valid: true, backends: options.backend, startSeconds })}\n`
        : `${options.backend.join(', ')}: valid, and starts in ${startSeconds.toFixed(1)} s\n`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is asked must not act: a consumer that starts for a moment would take messages that nobody delivers then. */
function probeVariables({ role }: CollectorOptions): Readonly<Record<string, string>> {
  return role === 'kafka-consumer' ? { TOKENMETER_BACKEND_KAFKA_BROKERS: '127.0.0.1:1' } : {};
}

/** A running Collector of the same settings keeps its ports and its queue. */
async function probeEnvironment(env: Io['env'], folder: string): Promise<Io['env']> {
  const port = await findFreePort(0, '127.0.0.1');
  return {
    ...env,
    TOKENMETER_OTLP_PORT: String(port),
    TOKENMETER_OTLP_GRPC_PORT: undefined,
    TOKENMETER_HEALTH_PORT: undefined,
    TOKENMETER_JOURNAL_PORT: undefined,
    TOKENMETER_SELF_METRICS_PORT: undefined,
    TOKENMETER_QUEUE_DIR: join(folder, 'queue'),
  };
}
