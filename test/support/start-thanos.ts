import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@tokenmeter/testkit';
import { answersWell, startProgram } from './start-program.ts';
import type { EngineStart, RunningEngine } from './start-prometheus.ts';

/** A Thanos cluster: three receivers that replicate among themselves, and a querier. */
export interface RunningThanos extends RunningEngine {
  /** The receivers' remote-write addresses, each of which takes OTLP. */
  readonly receivers: readonly string[];
}

const REPLICAS = 3;
const PORTS_EACH = 4;

/** Starts the cluster on ports from `port` on, of which it takes fourteen, or on free ones. */
export async function startThanos({ binary, folder, port }: EngineStart): Promise<RunningThanos> {
  const ports = await Promise.all(
    Array.from({ length: REPLICAS * PORTS_EACH + 2 }, (_, index) =>
      port === undefined ? freePort() : port + index,
    ),
  );
  const portOf = (index: number, which: number): number => ports[index * PORTS_EACH + which] ?? 0;
  const indexes = Array.from({ length: REPLICAS }, (_, index) => index);
  const hashring = join(folder, 'hashring.json');
  const endpoints = indexes.map((index) => ({ address: `127.0.0.1:${portOf(index, 0)}` }));
  await writeFile(hashring, JSON.stringify([{ hashring: 'default', tenants: [], endpoints }]));
  const receivers = indexes.map((index) =>
    startProgram(binary, {
      cwd: folder,
      args: [
        'receive',
        `--tsdb.path=${join(folder, `receive-${index}`)}`,
        `--label=replica="${index}"`,
        `--grpc-address=127.0.0.1:${portOf(index, 0)}`,
        `--http-address=127.0.0.1:${portOf(index, 1)}`,
        `--remote-write.address=127.0.0.1:${portOf(index, 2)}`,
        `--receive.capnproto-address=127.0.0.1:${portOf(index, 3)}`,
        `--receive.local-endpoint=127.0.0.1:${portOf(index, 0)}`,
        `--receive.hashrings-file=${hashring}`,
        '--receive.hashrings-algorithm=ketama',
        `--receive.replication-factor=${REPLICAS}`,
        '--tsdb.out-of-order.time-window=6h',
        '--receive.otlp-promote-resource-attributes=service.name',
        '--receive.otlp-promote-resource-attributes=service.version',
        '--receive.otlp-promote-resource-attributes=deployment.environment.name',
      ],
      isReady: () => answersWell(`http://127.0.0.1:${portOf(index, 1)}/-/ready`),
    }),
  );
  const queryPort = portOf(REPLICAS, 0);
  const url = `http://127.0.0.1:${queryPort}`;
  const query = startProgram(binary, {
    cwd: folder,
    args: [
      'query',
      `--http-address=127.0.0.1:${queryPort}`,
      `--grpc-address=127.0.0.1:${portOf(REPLICAS, 1)}`,
      '--query.replica-label=replica',
      // One that is gone is soon not asked any more.
      '--store.unhealthy-timeout=5s',
      ...indexes.map((index) => `--endpoint=127.0.0.1:${portOf(index, 0)}`),
    ],
    isReady: () => answersWell(`${url}/-/ready`),
  });
  const programs = await Promise.all([...receivers, query]);
  return {
    url,
    programs,
    receivers: indexes.map((index) => `http://127.0.0.1:${portOf(index, 2)}`),
    async [Symbol.asyncDispose]() {
      await Promise.all(programs.map((program) => program[Symbol.asyncDispose]()));
    },
  };
}
