import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { startProgram } from './start-program.ts';

/** A Kafka broker, its own controller. */
export interface RunningKafka extends AsyncDisposable {
  /** As in `bootstrap.servers`. */
  readonly broker: string;
}

function propertiesOf(folder: string, port: number): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${port + 1}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1}`,
    'controller.listener.names=CONTROLLER',
    `log.dirs=${join(folder, 'kafka')}`,
    'offsets.topic.replication.factor=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'num.partitions=2',
    '',
  ].join('\n');
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Starts a broker from the folder of its libraries; it takes two ports from `port` on. */
export async function startKafka({
  libraries,
  folder,
  port,
}: {
  readonly libraries: string;
  readonly folder: string;
  readonly port: number;
}): Promise<RunningKafka> {
  const file = join(folder, 'kafka.properties');
  await writeFile(file, propertiesOf(folder, port));
  const classPath = ['-cp', join(libraries, '*')];
  const format = ['kafka.tools.StorageTool', 'format', '-t', 'AAAAAAAAQACAAAAAAAAAAA', '-c', file];
  execFileSync('java', [...classPath, ...format], { stdio: 'ignore' });
  const program = await startProgram('java', {
    cwd: folder,
    args: ['-Xmx384m', ...classPath, 'kafka.Kafka', file],
    isReady: () => isListening(port),
  });
  return {
    broker: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      // A broker that is asked politely hands over for half a minute.
      program.kill('SIGKILL');
      await program.ended;
    },
  };
}
